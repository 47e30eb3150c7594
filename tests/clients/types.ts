// Compiled, never run: recorded answers are what @microsoft/microsoft-graph-types says they are.
import type * as graph from '@microsoft/microsoft-graph-types';
import policy from './answers/policy.json';
import policies from './answers/policies.json';
import namedLocation from './answers/namedLocation.json';
import strength from './answers/strength.json';
import templates from './answers/templates.json';
import users from './answers/users.json';
import group from './answers/group.json';
import devices from './answers/devices.json';
import organization from './answers/organization.json';
import subscribedSkus from './answers/subscribedSkus.json';
import compliancePolicy from './answers/compliancePolicy.json';
import deviceStatusOverview from './answers/deviceStatusOverview.json';
import directoryAudits from './answers/directoryAudits.json';

// A JSON module's texts have the type string where an enumeration is wanted; what is compared is
// which members there are and of which kind.
type Loose<T> = T extends string ? string : T extends (infer U)[] ? Loose<U>[]
  : T extends object ? { [K in keyof T]: Loose<T[K]> } : T;

export const checked: {
  policy: Loose<graph.ConditionalAccessPolicy>; policies: Loose<graph.ConditionalAccessPolicy>[];
  location: Loose<graph.IpNamedLocation>; strength: Loose<graph.AuthenticationStrengthPolicy>;
  templates: Loose<graph.ConditionalAccessTemplate>[]; users: Loose<graph.User>[];
  group: Loose<graph.Group>; devices: Loose<graph.Device>[];
  organization: Loose<graph.Organization>[]; skus: Loose<graph.SubscribedSku>[];
  audits: Loose<graph.DirectoryAudit>[]; compliancePolicy: Loose<graph.MacOSCompliancePolicy>;
  overview: Loose<graph.DeviceComplianceDeviceOverview>;
} = {
  policy, policies: policies.value, location: namedLocation, strength, templates: templates.value,
  users: users.value, group, devices: devices.value, organization: organization.value,
  skus: subscribedSkus.value, audits: directoryAudits.value,
  compliancePolicy, overview: deviceStatusOverview,
};
