// `sallyport lockout`: whether emergency accounts, and some administrator, always reach what
// policies are changed with; if not, what stops them and the edit that mends it.
#include "analysis/proof/lockout.h"

#include <algorithm>

#include "commands.h"
#include "engine/facts.h"
#include "words.h"

namespace sallyport::cli {
namespace {

using proof::Account;
using proof::Barrier;
using proof::LockoutVerdict;

Result<BreakGlass> asked_for(const LockoutOptions& options, const PolicySet& set) {
  BreakGlass asked = set.break_glass;
  const auto take = [](const std::vector<std::string>& given, std::vector<std::string>& into) {
    if (!given.empty()) into = given;
  };
  take(options.where, asked.where);
  take(options.platform, asked.platform);
  take(options.client, asked.client);
  take(options.device, asked.device);
  take(options.risk, asked.risk);
  if (options.with.empty()) return asked;
  std::string combination;
  for (const std::string& one : options.with) combination += (combination.empty() ? "" : ",") + one;
  const auto methods = parse_combination(combination);
  if (!methods) {
    return fail(ErrorKind::invalid_argument,
                "`" + combination + "` are no methods: write Graph's words, as password,fido2",
                "--with");
  }
  asked.methods = *methods;
  return asked;
}

bool excluded_as_group(const PolicySet& set, GroupId id) {
  return std::ranges::any_of(set.policies, [&](const Policy& policy) {
    if (!policy.conditions.users) return false;
    const auto& groups = policy.conditions.users->exclude.groups;
    return std::ranges::find(groups, id) != groups.end();
  });
}

// The people the question is about, and what had to be assumed of them.
struct People {
  std::vector<Account> accounts;
  std::vector<Account> administrators;
  std::vector<std::string> assumptions;
};

void take_from_directory(const ProofInput& input, People& people) {
  const Directory& directory = *input.tenant().directory;
  const auto& declared = input.emergency().groups;
  std::vector<std::size_t> members(declared.size());
  Memberships in;
  directory.each_user([&](const UserView& user) {
    in.walk(directory, user);
    bool emergency = std::ranges::find(input.emergency().users, user.id) !=
                     input.emergency().users.end();
    for (std::size_t i = 0; i < declared.size(); ++i) {
      const auto index = directory.find_group(declared[i]);
      if (!index || !in.groups.contains(*index)) continue;
      ++members[i];
      emergency = true;
    }
    const bool administers =
        std::ranges::any_of(proof::policy_administrators(), [&](RoleId id) {
          const auto index = directory.find_role(id);
          return index && in.roles.contains(*index);
        });
    if (!emergency && !administers) return;
    const Account account = proof::account_of(directory, user);
    if (emergency) people.accounts.push_back(account);
    if (administers) people.administrators.push_back(account);
  });
  const auto by_id = [](const Account& a, const Account& b) { return a.id < b.id; };
  std::ranges::sort(people.accounts, by_id);
  std::ranges::sort(people.administrators, by_id);
  for (std::size_t i = 0; i < declared.size(); ++i) {
    if (members[i] > 0 || !excluded_as_group(input.tenant().policy_set, declared[i])) continue;
    people.assumptions.push_back("nobody is in group `" +
                                 input.tenant().names.label(to_string(declared[i])) + "`");
  }
  if (people.administrators.empty()) {
    people.assumptions.emplace_back(
        "the directory names nobody who may change policies; nothing is asked of administrators");
  }
}

void make_up(const ProofInput& input, People& people) {
  const Tenant& tenant = input.tenant();
  const RoleId global = proof::policy_administrators().front();
  const auto& emergency = input.emergency();
  for (const UserId id : emergency.users) {
    const GroupId group{id.guid};
    const bool either =
        std::ranges::find(emergency.groups, group) != emergency.groups.end();
    if (either && excluded_as_group(tenant.policy_set, group)) continue;
    Account account;
    account.id = id;
    account.name = tenant.names.label(to_string(id));
    account.roles = {global};
    people.accounts.push_back(std::move(account));
  }
  for (const GroupId id : emergency.groups) {
    const bool either =
        std::ranges::find(emergency.users, UserId{id.guid}) != emergency.users.end();
    if (either && !excluded_as_group(tenant.policy_set, id)) continue;
    Account account = proof::member_of(*tenant.directory, id);
    account.name = "members of " + tenant.names.label(to_string(id));
    account.roles = {global};
    people.accounts.push_back(std::move(account));
  }
  people.administrators = people.accounts;
  for (const RoleId role : proof::policy_administrators()) {
    Account account;
    account.id = UserId::of("an administrator");
    account.name = "an administrator";
    account.roles = {role};
    people.administrators.push_back(std::move(account));
  }
  people.assumptions.emplace_back(
      "without a directory: emergency accounts hold Global Administrator and are in no other "
      "group; beside them, of each role that may change policies there is somebody in no group");
}

People people_of(const ProofInput& input) {
  People people;
  const auto& emergency = input.emergency();
  if (emergency.inferred && !emergency.empty()) {
    people.assumptions.push_back("emergency accounts are those excluded from " +
                                 std::to_string(emergency.excluded_from) + " of " +
                                 std::to_string(emergency.policies) +
                                 " policies for everybody; say --emergency NAME or none");
  } else if (emergency.inferred) {
    people.assumptions.emplace_back(
        "no emergency account can be told from the policies: say --emergency NAME; only "
        "administrators are asked about");
  }
  if (input.tenant().directory->user_count() == 0) {
    make_up(input, people);
    return people;
  }
  take_from_directory(input, people);
  for (const UserId id : emergency.users) {
    if (input.tenant().directory->find_user(id)) continue;
    if (std::ranges::find(emergency.groups, GroupId{id.guid}) != emergency.groups.end()) continue;
    Account account;
    account.id = id;
    account.name = input.tenant().names.label(to_string(id));
    people.accounts.push_back(std::move(account));
    people.assumptions.push_back("`" + people.accounts.back().name +
                                 "` is not in the directory: taken to be in no group or role");
  }
  return people;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : "; ") + part;
  return out;
}

void add_rows(Table& table, const std::string& who, const LockoutVerdict& verdict,
              const Tenant& tenant) {
  if (verdict.holds()) {
    table.rows.push_back({{"proved", Tone::good}, {who, Tone::strong}, {"all of it", Tone::plain},
                          {}, {}, {}, {}});
  }
  for (const Barrier& barrier : verdict.barriers) {
    std::string missing;
    for (const Requirement& one : barrier.missing) {
      if (one.kind == RequirementKind::block) continue;
      missing += (missing.empty() ? "" : ", ") + words_of(one, tenant.policy_set, tenant.names);
    }
    table.rows.push_back({{barrier.blocks ? "blocked" : "asked", Tone::bad},
                          {who, Tone::strong},
                          {with_names(barrier.what, tenant.names), Tone::plain},
                          {barrier.policy_name, Tone::plain},
                          {missing, Tone::plain},
                          {with_names(joined(barrier.details), tenant.names), Tone::faint},
                          {with_names(barrier.mend, tenant.names), Tone::good}});
  }
}

Table table_of(const People& people, const proof::Lockout& found, const Tenant& tenant) {
  Table table;
  table.columns = {{"", "result", false, false},
                   {"WHO", "who", true, true},
                   {"REACHING", "signIns", true},
                   {"STOPPED BY", "policy", true},
                   {"FOR WANT OF", "missing", true},
                   {"SHORTEST", "shortestSignIn", true},
                   {"MENDED BY", "mend", true}};
  for (std::size_t i = 0; i < people.accounts.size(); ++i) {
    const std::string name = tenant.names.label(to_string(people.accounts[i].id));
    const bool named = people.accounts[i].name == to_string(people.accounts[i].id);
    add_rows(table, named ? name : people.accounts[i].name, found.accounts[i], tenant);
  }
  if (!people.administrators.empty()) {
    add_rows(table, "some administrator", found.administrators, tenant);
  }
  return table;
}

// The same rows on a terminal, where seven columns are too many: a block each.
std::string in_blocks(const Table& table, const Presentation& presentation) {
  constexpr std::size_t indent = 4, label_width = 13, width_usual = 100;
  const std::size_t width =
      presentation.width > 40 ? static_cast<std::size_t>(presentation.width) : width_usual;
  std::string out;
  for (const auto& row : table.rows) {
    out += toned(row[0].text, row[0].tone, presentation.colour) + "  " +
           toned(row[1].text, row[1].tone, presentation.colour) + '\n';
    for (std::size_t i = 2; i < row.size() && row[0].text != "proved"; ++i) {
      if (row[i].text.empty()) continue;
      std::string label = table.columns[i].title;
      for (char& c : label) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
      for (const std::string& part : wrap(row[i].text, width - indent - label_width)) {
        out += std::string(indent, ' ');
        out += toned(label + std::string(label_width - label.size(), ' '), Tone::faint,
                     presentation.colour);
        out += toned(part, row[i].tone, presentation.colour) + '\n';
        label.clear();
      }
    }
  }
  return out;
}

}  // namespace

Exit lockout(const LockoutOptions& options) {
  auto input = ProofInput::read(options.input);
  if (!input) return could_not_run(input.error());
  const Tenant& tenant = input->tenant();
  const auto asked = asked_for(options, tenant.policy_set);
  if (!asked) return could_not_run(asked.error());
  auto output = Output::open(options.output);
  if (!output) return could_not_run(output.error());
  const People people = people_of(*input);
  const bool named = !options.input.emergency.empty() && options.input.emergency.front() != "none";
  if (people.accounts.empty() && (named || people.administrators.empty())) {
    for (const std::string& one : people.assumptions) remark("Assumed: " + one);
    return could_not_run({ErrorKind::invalid_argument,
                          "there is nobody to ask about, so nothing is proved: name emergency "
                          "accounts with --emergency, and export users with their groups and roles",
                          "lockout"});
  }
  const auto found = proof::find_lockouts(tenant.policy_set, tenant, *asked, people.accounts,
                                          people.administrators);
  if (!found) return could_not_run(found.error());
  if (found->gave_up) {
    remark("sallyport: gave up: the question is too large for the budget; nothing is known");
    return Exit::could_not_run;
  }
  const bool for_people = output->presentation().format == Format::table ||
                          output->presentation().format == Format::markdown;
  std::string text;
  for (const std::string& one : people.assumptions) text += "Assumed: " + one + '\n';
  for (const std::string& note : input->notes(found->notes)) text += "Note: " + note + '\n';
  if (for_people && !text.empty()) output->write(text + '\n');
  const Table table = table_of(people, *found, tenant);
  output->write(output->presentation().format == Format::table
                    ? in_blocks(table, output->presentation())
                    : render(table, output->presentation()));
  if (for_people && !people.accounts.empty()) {
    const auto kept = static_cast<std::size_t>(
        std::ranges::count_if(found->accounts, &LockoutVerdict::holds));
    output->write('\n' + std::to_string(kept) + " of " + std::to_string(people.accounts.size()) +
                  " emergency accounts always reach the administration portals, Azure management "
                  "and Microsoft Graph with " +
                  combination_text(asked->methods) + '\n');
  }
  if (const auto finished = output->finish(); !finished) return could_not_run(finished.error());
  return found->holds() ? input->exit() : Exit::findings;
}

}  // namespace sallyport::cli
