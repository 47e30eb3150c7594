// Workloads and agents (spec, section 9).
#include "analysis/checks/catalogue/rows.h"

namespace sallyport {
namespace {

constexpr Check rows[] = {
    {"WLD-01", Severity::medium, Decided::by_shape, "licence", "Workloads have no fence",
     "Some enforced policy targets service principals, where the licence allows it.",
     "A leaked secret signs in from anywhere.", "Block service principals outside known places."},
    {"WLD-02", Severity::medium, Decided::by_shape, "licence", "Risky workloads blocked",
     "An enforced policy blocks service principals of high risk, where the licence allows it.",
     "The signal says that the secret is out.", "Block at high service principal risk."},
    {"WLD-03", Severity::error, Decided::by_shape, "", "Workload policy that does not just block",
     "A policy for workloads blocks, and has neither users nor session controls.",
     "The service refuses it.", "Keep only `block`."},
    {"WLD-04", Severity::medium, Decided::by_shape, "licence", "High-risk agents blocked",
     "An enforced policy blocks agents of high risk, where the licence allows it.",
     "Agents are identities that act by themselves.", "Block at high agent risk."},
    {"WLD-05", Severity::low, Decided::by_shape, "directory", "Agents taken for users",
     "Where there are agents, a policy names them; all users are people.",
     "Policies for all users do not reach them.",
     "Include `AllAgentIdUsers` or agent service principals."},
    {"WLD-06", Severity::low, Decided::by_shape, "", "Agents and people in one policy",
     "A policy for agents has no users.", "The service refuses it, or readers misread it.",
     "Make two policies of it."},
    {"WLD-07", Severity::info, Decided::by_shape, "service principals",
     "Principal of another tenant targeted",
     "Every service principal that a policy names is owned here.",
     "Policies do not reach those of others and managed identities.", "Remove it."},
};

}  // namespace

std::span<const Check> workloads_rows() { return rows; }

}  // namespace sallyport
