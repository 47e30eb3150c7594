#include "analysis/proof/solver.h"

#include <bdd.h>
#undef bdd_ithvar  // the C one: nodes as numbers

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace sallyport::proof {
namespace {

std::mutex& only_one() {
  static std::mutex mutex;
  return mutex;
}

bool spent = false;  // guarded by only_one()

void note_error(int) { spent = true; }

int made(int node) { return node < 0 ? 0 : node; }

}  // namespace

Bdd::Bdd(int node) : node_(made(node)) { bdd_addref(node_); }
Bdd::Bdd(const Bdd& other) : node_(other.node_) { bdd_addref(node_); }
Bdd& Bdd::operator=(const Bdd& other) {
  bdd_addref(other.node_);
  bdd_delref(std::exchange(node_, other.node_));
  return *this;
}
Bdd& Bdd::operator=(Bdd&& other) noexcept {
  std::swap(node_, other.node_);
  return *this;
}
Bdd::~Bdd() {
  if (node_ > 1) bdd_delref(node_);
}

Bdd operator&(const Bdd& a, const Bdd& b) { return Bdd(bdd_apply(a.node_, b.node_, bddop_and)); }
Bdd operator|(const Bdd& a, const Bdd& b) { return Bdd(bdd_apply(a.node_, b.node_, bddop_or)); }
Bdd operator^(const Bdd& a, const Bdd& b) { return Bdd(bdd_apply(a.node_, b.node_, bddop_xor)); }
Bdd operator-(const Bdd& a, const Bdd& b) { return Bdd(bdd_apply(a.node_, b.node_, bddop_diff)); }
Bdd Bdd::operator!() const { return Bdd(bdd_not(node_)); }
Bdd Bdd::given(const Bdd& cube) const { return Bdd(bdd_restrict(node_, cube.node_)); }
Bdd Bdd::without(const Bdd& variables) const { return Bdd(bdd_exist(node_, variables.node_)); }

Bdd Bdd::and_without(const Bdd& other, const Bdd& variables) const {
  return Bdd(bdd_appex(node_, other.node_, bddop_and, variables.node_));
}

int Bdd::variable_of(int node) { return bdd_var(node); }
int Bdd::low_of(int node) { return bdd_low(node); }
int Bdd::high_of(int node) { return bdd_high(node); }
// BuDDy's own, bdd_support(), writes through a null pointer in the second Solver of a process.
std::vector<int> Bdd::variables() const {
  std::vector<int> out;
  std::vector<int> open{node_};
  std::unordered_set<int> seen;
  while (!open.empty()) {
    const int node = open.back();
    open.pop_back();
    if (node <= 1 || !seen.insert(node).second) continue;
    out.push_back(bdd_var(node));
    open.push_back(bdd_low(node));
    open.push_back(bdd_high(node));
  }
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}
double Bdd::log_count() const { return is_empty() ? -1 : bdd_satcountln(node_); }
std::size_t Bdd::size() const { return static_cast<std::size_t>(bdd_nodecount(node_)); }

Solver::Solver(int nodes_max) : only_(only_one()) {
  constexpr int nodes_at_first = 200'000;
  constexpr int cache_at_first = 50'000;
  bdd_init(nodes_at_first, cache_at_first);
  bdd_error_hook(note_error);
  bdd_gbc_hook(nullptr);
  bdd_resize_hook(nullptr);
  bdd_setcacheratio(4);
  bdd_setmaxincrease(2'000'000);
  bdd_setmaxnodenum(nodes_max);
  spent = false;
}

Solver::~Solver() { bdd_done(); }

void Solver::set_variable_count(int count) { bdd_setvarnum(count); }
Bdd Solver::variable(int number) const { return Bdd(bdd_ithvar(number)); }

bool Solver::gave_up() const { return ruined_ || spent; }
void Solver::start_afresh() {
  ruined_ |= !asked_ && spent;
  asked_ = true;
  bdd_clear_error();
  spent = false;
}

}  // namespace sallyport::proof
