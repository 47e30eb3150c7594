// Exclusions and lock-out (spec, section 4).
#include "analysis/checks/catalogue/rows.h"

namespace sallyport {
namespace {

constexpr Check rows[] = {
    {"EXC-01", Severity::critical, Decided::by_shape, "", "No emergency account",
     "Some user or group is excluded from every enforced policy that targets all users or roles.",
     "Without one a mistake in a policy locks everybody out.",
     "Exclude two emergency accounts, or one group of them, from every policy."},
    {"EXC-02", Severity::critical, Decided::by_shape, "", "Emergency account not excluded here",
     "Every policy that can reach the emergency accounts excludes them; policies for device "
     "registration, workloads and agents need not.",
     "One missed policy is enough to be locked out.",
     "Exclude the emergency accounts or their group."},
    {"EXC-03", Severity::high, Decided::by_shape, "", "Only one emergency account",
     "There are two emergency accounts or more, or a group with two members or more.",
     "One account is one point of failure.",
     "Create a second emergency account with other methods, kept elsewhere."},
    {"EXC-04", Severity::high, Decided::by_shape, "", "Excluded and caught by nothing",
     "Who or what an enforced policy excludes is included by another one.",
     "An exclusion without another policy is a way round for good.",
     "Have another policy that covers what is excluded, or remove the exclusion."},
    {"EXC-05", Severity::high, Decided::by_shape, "", "One group excluded from many policies",
     "No group or user but the emergency ones is excluded from a large part of the enforced "
     "policies.",
     "Whoever gets into it passes by everything.",
     "Review who is in it, and remove it where it is not needed."},
    {"EXC-06", Severity::critical, Decided::by_shape, "", "Tier 0 role excluded",
     "No policy excludes a tier 0 role; where another enforced policy asks it for multifactor "
     "authentication, this is a remark.",
     "It exempts those who should prove most.", "Remove the role from the exclusion."},
    {"EXC-07", Severity::high, Decided::by_shape, "",
     "Guests excluded without a policy of their own",
     "Guest types that an enforced policy excludes are covered by another one that asks for "
     "multifactor authentication.",
     "Partners come in by the hole.", "Create a policy for guests."},
    {"EXC-08", Severity::medium, Decided::by_shape, "", "Users excluded by name",
     "Only emergency and synchronisation accounts are excluded as single users.",
     "Nobody reviews such lists; a group can have access reviews.",
     "Move the users to a group and exclude that."},
    {"EXC-09", Severity::medium, Decided::by_shape, "", "Synchronisation accounts are caught",
     "A policy for all users and all resources excludes the directory synchronisation accounts, "
     "unless it only blocks places.",
     "They cannot do what it asks, and synchronisation stops.",
     "Exclude the role `Directory Synchronization Accounts`, and fence it by place."},
    {"EXC-10", Severity::medium, Decided::by_shape, "", "Synchronisation accounts have no fence",
     "Where the synchronisation role is excluded, another enforced policy blocks it outside known"
     " places.",
     "Credentials taken from the server otherwise sign in from anywhere.",
     "Block the role everywhere but at the server's addresses."},
    {"EXC-11", Severity::medium, Decided::by_shape, "",
     "Resource excluded from a policy for all resources",
     "A policy for all resources that asks for multifactor authentication or a device excludes "
     "none.",
     "The exclusion reaches wider than it looks: some directory scopes come with it.",
     "Make a policy of its own for the resource."},
    {"EXC-12", Severity::high, Decided::by_shape, "", "Excluded client shares its tokens",
     "No excluded application belongs to a family of clients that share refresh tokens.",
     "Excluding one opens all of them.", "Do not exclude members of the family."},
    {"EXC-13", Severity::high, Decided::by_shape, "", "A trusted place turns MFA off",
     "No policy that asks for multifactor authentication excludes trusted or very wide places.",
     "It makes the network a factor.", "Remove the excluded place, or narrow it."},
    {"EXC-14", Severity::error, Decided::by_shape, "", "Everybody blocked from everything",
     "No policy blocks all users from all resources without any condition or exclusion.",
     "It locks everybody out, you included.",
     "Do not enforce it; exclude the emergency accounts and narrow it."},
    {"EXC-15", Severity::high, Decided::by_shape, "", "Broad block without emergency exclusion",
     "A policy that blocks all users or all resources excludes somebody or something.",
     "It is one mistake away from locking everybody out.", "Exclude the emergency accounts."},
    {"EXC-16", Severity::medium, Decided::by_effect, "", "Editor locked out by their own change",
     "A new or changed policy lets the one who saves it sign in as usual.",
     "A guard before saving.", "Warn before the policy is saved."},
    {"EXC-17", Severity::low, Decided::by_shape, "", "Exclusion without effect",
     "What is excluded could be included at all, as far as that can be told.",
     "Exclusions that do nothing hide those that do.", "Remove it."},
    {"EXC-18", Severity::low, Decided::by_shape, "", "Included and excluded at once",
     "No id is on both sides of one condition.", "The exclusion wins, so the inclusion is dead.",
     "Remove one of the two."},
};

}  // namespace

std::span<const Check> exclusions_rows() { return rows; }

}  // namespace sallyport
