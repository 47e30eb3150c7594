// Everything the agent can tell about a Linux machine. A collector a file in collectors/, each
// reading files of the tree it is given; none starts a program or asks the network.
//
// Cost: cheap ones a few dozen small files of /proc, /sys and /etc, about a millisecond together;
// security updates read the package lists, a few hundred milliseconds, at a check-in alone.
#pragma once

#include "agent/reading.h"
#include "agent/root.h"
#include "agent/ruleset.h"
#include "base/instant.h"

namespace sallyport::agent {

void operating_system(const Root& root, Readings& into);  // os-release, kernel, host name
void storage_encryption(const Root& root, Readings& into);
void secure_boot(const Root& root, Readings& into);
void firewall(const Root& root, Readings& into);
void firewall_of(const Root& root, const Result<Ruleset>& rules, Readings& into);
void password_policy(const Root& root, Readings& into);
void screen_lock(const Root& root, Readings& into);
void tpm(const Root& root, Readings& into);
void hardware(const Root& root, Readings& into);
void security_updates(const Root& root, Instant now, Readings& into);

// All but security_updates: what is looked at every few seconds.
Readings collect_cheap(const Root& root);
Readings collect_all(const Root& root, Instant now);

}  // namespace sallyport::agent
