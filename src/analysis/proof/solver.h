// Binary decision diagrams: a set of sign-ins as a value. BuDDy behind it keeps one table of nodes
// a process, so there is one Solver at a time: making another waits until the first is gone.
//
//   Solver solver;
//   const Bdd a = solver.variable(0), b = solver.variable(1);
//   (a & !b).is_empty();   // false
//
// Two sets are equal exactly when their nodes are the same. Over the budget of nodes every result
// is meaningless and gave_up() is true, until start_afresh(): whoever answers a question asks before
// saying anything, and what was made before the question was asked must have been made in full.
// Threads: a Solver and its sets belong to one thread.
#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

namespace sallyport::proof {

class Bdd {
 public:
  Bdd() = default;  // the empty set
  Bdd(const Bdd& other);
  Bdd(Bdd&& other) noexcept : node_(other.node_) { other.node_ = 0; }
  Bdd& operator=(const Bdd& other);
  Bdd& operator=(Bdd&& other) noexcept;
  ~Bdd();
  static Bdd all() { return Bdd(1); }
  static Bdd all_if(bool yes) { return Bdd(yes ? 1 : 0); }

  bool is_empty() const { return node_ == 0; }
  bool is_all() const { return node_ == 1; }
  // Of one and the same solver.
  friend bool operator==(const Bdd& a, const Bdd& b) { return a.node_ == b.node_; }

  friend Bdd operator&(const Bdd& a, const Bdd& b);
  friend Bdd operator|(const Bdd& a, const Bdd& b);
  friend Bdd operator^(const Bdd& a, const Bdd& b);
  friend Bdd operator-(const Bdd& a, const Bdd& b);  // in a and not in b
  Bdd operator!() const;
  Bdd& operator&=(const Bdd& b) { return *this = *this & b; }
  Bdd& operator|=(const Bdd& b) { return *this = *this | b; }
  Bdd& operator-=(const Bdd& b) { return *this = *this - b; }

  // With the variables of `cube`, a conjunction, fixed as it has them.
  Bdd given(const Bdd& cube) const;
  // Whatever the variables of `cube` (each positive) are.
  Bdd without(const Bdd& variables) const;
  // (*this & other).without(variables), in one go
  Bdd and_without(const Bdd& other, const Bdd& variables) const;
  bool meets(const Bdd& other) const { return !(*this & other).is_empty(); }
  bool is_inside(const Bdd& other) const { return (*this - other).is_empty(); }

  // For walking: 0 is the empty set, 1 everything, any other node has a variable and two branches.
  int node() const { return node_; }
  static int variable_of(int node);
  static int low_of(int node);
  static int high_of(int node);
  std::size_t size() const;  // in nodes
  std::vector<int> variables() const;  // that it depends on
  double log_count() const;  // the logarithm of how many there are; of nothing: negative

 private:
  friend class Solver;
  explicit Bdd(int node);
  int node_ = 0;
};

class Solver {
 public:
  static constexpr int default_nodes_max = 20'000'000;  // some 400 MB

  explicit Solver(int nodes_max = default_nodes_max);
  ~Solver();
  Solver(const Solver&) = delete;
  Solver& operator=(const Solver&) = delete;

  void set_variable_count(int count);
  Bdd variable(int number) const;
  // The budget was spent since start_afresh(): no set made since then means anything. Spent before
  // the first question, it is so for good: what all questions rest on is not whole.
  bool gave_up() const;
  void start_afresh();

 private:
  std::unique_lock<std::mutex> only_;
  bool asked_ = false;
  bool ruined_ = false;
};

}  // namespace sallyport::proof
