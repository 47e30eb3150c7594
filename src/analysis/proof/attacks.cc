#include "analysis/proof/attacks.h"

#include <algorithm>

namespace sallyport::proof {
namespace {

using List = std::vector<std::string>;

const List applications = {"any application"};
const List consoles = {"MicrosoftAdminPortals", "797f4846-ba00-4fd7-ba43-dac1f8f63013"};
const List untrusted = {"untrusted"};
const List password = {"password"};
const std::string synchronisation = "role:d29b2b05-8046-44ba-8758-1e26182fcf32";

struct Attack {
  const char* id;
  const char* name;
  Severity severity;
  const char* why;
  const char* fix;
  List who;
  List what;
};

class Attacks {
 public:
  explicit Attacks(const Emergency& emergency) : emergency_(emergency) {}

  Expectation& add(const Attack& attack) {
    Expectation e;
    e.id = attack.id;
    e.name = attack.name;
    e.severity = attack.severity;
    e.why = attack.why;
    e.fix = attack.fix;
    e.who = attack.who;
    e.what = attack.what;
    e.need = Need::blocked;
    const bool people = e.who != List{"workloads"} && e.who != List{"agents"};
    if (people && e.who != List{synchronisation}) {
      if (e.who == List{"everyone"} || e.who == List{"members"}) e.except = {synchronisation};
      for (const std::string& word : emergency_words()) e.except.push_back(word);
    }
    attacks_.push_back(std::move(e));
    return attacks_.back();
  }

  void with_credentials();

  void with_a_second_factor();
  void with_sessions();
  void with_registrations();
  void with_access();

  void on_emergency_accounts() {
    if (emergency_.empty()) return;
    Expectation& e =
        add({"emergency-account-abuse", "Abuse of an emergency account", Severity::high,
             "the password of an account that is left out of the policies leaks, and "
             "is used from anywhere",
             "require phishing-resistant methods of emergency accounts in a policy of "
             "their own, or allow them from known networks only",
             emergency_words(), applications});
    e.except.clear();
    e.with = password;
    e.where = untrusted;
  }

  std::vector<Expectation> take() {
    std::ranges::stable_sort(attacks_, {}, &Expectation::severity);
    return std::move(attacks_);
  }

 private:
  List emergency_words() const {
    List words;
    for (const UserId id : emergency_.users) words.push_back("user:" + to_string(id));
    for (const GroupId id : emergency_.groups) words.push_back("group:" + to_string(id));
    return words;
  }

  const Emergency& emergency_;
  std::vector<Expectation> attacks_;
};

// What an attacker has who knows a password.
void Attacks::with_credentials() {
  {
    auto& e = add({"password-spray",
                   "Password spray",
                   Severity::critical,
                   "a few common passwords are tried on every account, from anywhere, until one "
                   "fits",
                   "require multifactor authentication of everyone for all resources",
                   {"everyone"},
                   applications});
    e.client = {"modern"};
    e.where = untrusted;
    e.with = password;
  }
  {
    auto& e = add({"legacy-password-spray",
                   "Password spray over legacy protocols",
                   Severity::critical,
                   "protocols that cannot ask for a second factor are tried with common passwords",
                   "block exchangeActiveSync and other clients for everyone",
                   {"everyone"},
                   applications});
    e.client = {"legacy"};
    e.with = password;
  }
  {
    auto& e = add({"synchronisation-account",
                   "Takeover of the synchronisation account",
                   Severity::critical,
                   "the password of the account that synchronises the directory is read from its "
                   "server and used elsewhere; no person uses it, so nobody is asked for more",
                   "block the role Directory Synchronization Accounts outside the server's network",
                   {synchronisation},
                   applications});
    e.with = password;
    e.where = untrusted;
  }
}

// Who also has, or gets hold of, a factor of it.
void Attacks::with_a_second_factor() {
  {
    auto& e = add({"mfa-fatigue",
                   "Prompt bombing (MFA fatigue)",
                   Severity::high,
                   "with the password, push requests are sent until the person approves one",
                   "require a phishing-resistant strength, or a managed device",
                   {"everyone"},
                   applications});
    e.where = untrusted;
    e.with = {"password,microsoftAuthenticatorPush"};
  }
  {
    auto& e = add({"sim-swap",
                   "Intercepted text message or call",
                   Severity::high,
                   "with the password and the person's telephone number moved to another card, "
                   "codes arrive at the attacker's telephone",
                   "require a strength without sms and voice",
                   {"everyone"},
                   applications});
    e.where = untrusted;
    e.with = {"password,sms", "password,voice"};
  }
  {
    auto& e = add({"leaked-credentials",
                   "Leaked credentials, second factor included",
                   Severity::high,
                   "an account whose credentials were seen in a leak is used by somebody who also "
                   "has a factor of it",
                   "require a password change, or risk remediation, at high user risk, or block it",
                   {"everyone"},
                   applications});
    e.user_risk = {"high"};
    e.with = {"password", "mfa"};
  }
  {
    auto& e = add({"forged-platform",
                   "Forged user agent",
                   Severity::medium,
                   "the client calls itself by a platform that no policy names, so that policies "
                   "for named platforms do not apply",
                   "block platforms that are not supported: include all, exclude those in use",
                   {"everyone"},
                   applications});
    e.platform = {"unknown"};
    e.client = {"modern"};
    e.where = untrusted;
    e.with = {"password", "mfa"};
  }
}

// What an attacker has who tricked a person into signing in, or took what was handed out then.
void Attacks::with_sessions() {
  {
    auto& e = add({"device-code-phishing",
                   "Device code phishing",
                   Severity::critical,
                   "a person is talked into entering a code that the attacker asked for, proves "
                   "whatever is asked, and the attacker's device gets the tokens",
                   "block the device code flow for everyone",
                   {"everyone"},
                   applications});
    e.flow = {"deviceCodeFlow"};
  }
  {
    auto& e = add({"authentication-transfer",
                   "Authentication transfer by QR code",
                   Severity::high,
                   "a person scans a code that carries a signed-in session to the attacker's "
                   "telephone",
                   "block authentication transfer for everyone",
                   {"everyone"},
                   applications});
    e.flow = {"authenticationTransfer"};
  }
  const auto relayed = [](Expectation& e) {
    e.client = {"modern"};
    e.flow = {"ordinary"};
    e.where = untrusted;
    e.device = {"unmanaged"};
    e.except.insert(e.except.end(),
                    {"phishing-resistant mfa", "mfa claim", "bound token", "compliant network"});
  };
  relayed(add({"adversary-in-the-middle",
               "Adversary in the middle",
               Severity::high,
               "a forged sign-in page relays the password and the second factor, and keeps the "
               "session",
               "require a phishing-resistant strength, or a managed device",
               {"everyone"},
               applications}));
  relayed(add({"adversary-in-the-middle-administrators",
               "Adversary in the middle, against administrators",
               Severity::critical,
               "a forged sign-in page relays an administrator's password and second factor",
               "require a phishing-resistant strength of administrators",
               {"administrators"},
               applications}));
  {
    auto& e = add({"token-replay",
                   "Stolen token used from another network",
                   Severity::high,
                   "a session is copied from a person's device, with all that was proven in it, "
                   "and used on the attacker's",
                   "require a managed device, token protection, or a known network",
                   {"everyone"},
                   applications});
    e.client = {"modern"};
    e.flow = {"ordinary"};
    e.where = untrusted;
    e.device = {"unmanaged"};
    e.also = {"mfa"};
    e.except.insert(e.except.end(), {"bound token", "compliant network"});
  }
}

// What an attacker does to stay.
void Attacks::with_registrations() {
  {
    auto& e = add({"register-factor",
                   "Registration of a factor with a stolen password",
                   Severity::high,
                   "whoever has only the password of an account registers a second factor for it",
                   "require multifactor authentication, or a trusted network, for registering "
                   "security information",
                   {"everyone"},
                   {"register security information"}});
    e.where = untrusted;
    e.with = password;
  }
  {
    auto& e =
        add({"register-device",
             "Registration of a device with a stolen password",
             Severity::high,
             "whoever has only the password joins a device of their own, which then counts as "
             "registered",
             "require multifactor authentication for registering or joining devices",
             {"everyone"},
             {"register device"}});
    e.where = untrusted;
    e.with = password;
  }
}

// What somebody does who has a right to be there, or took over somebody who has.
void Attacks::with_access() {
  {
    auto& e = add({"guest-takeover",
                   "A guest taken over in the home tenant",
                   Severity::high,
                   "an account is taken over where it lives; what that tenant says of it, second "
                   "factor included, is believed here",
                   "block guests from the consoles of administrators",
                   {"guests"},
                   consoles});
    e.also = {"mfa"};
    e.where = untrusted;
  }
  {
    auto& e = add({"unmanaged-administration",
                   "Administration from a device of one's own",
                   Severity::high,
                   "malware on a private device waits until its owner administers the tenant",
                   "require a compliant or hybrid joined device of administrators",
                   {"administrators"},
                   consoles});
    e.device = {"unmanaged"};
  }
  {
    auto& e = add({"unmanaged-download",
                   "Data taken to a device of one's own",
                   Severity::medium,
                   "a person signs in properly on a private device and takes documents away",
                   "require a managed device or a protected app for Office 365",
                   {"members"},
                   {"Office365"}});
    e.client = {"modern"};
    e.device = {"unmanaged"};
    e.except.insert(e.except.end(), {"approved app", "protected app"});
  }
  add({"insider",
       "An insider who is leaving with data",
       Severity::medium,
       "somebody whose behaviour is of elevated insider risk still has access to documents",
       "block Office 365 at elevated insider risk",
       {"members"},
       {"Office365"}})
      .insider_risk = {"elevated"};
  add({"workload-secret",
       "Leaked secret of an application",
       Severity::high,
       "a secret is found in a repository and used from anywhere; a workload cannot be asked for a "
       "second factor",
       "block service principals outside the networks they run in",
       {"workloads"},
       {}})
      .where = untrusted;
  add({"agent-takeover",
       "A compromised agent",
       Severity::medium,
       "an agent identity behaves as if somebody else controlled it, and goes on",
       "block agents at high agent risk",
       {"agents"},
       {}})
      .agent_risk = {"high"};
}

}  // namespace

std::vector<Expectation> known_attacks(const Emergency& emergency) {
  Attacks attacks(emergency);
  attacks.with_credentials();
  attacks.with_a_second_factor();
  attacks.with_sessions();
  attacks.with_registrations();
  attacks.with_access();
  attacks.on_emergency_accounts();
  return attacks.take();
}

}  // namespace sallyport::proof
