#include "analysis/proof/universe.h"

#include <algorithm>

#include "analysis/proof/universe_builder.h"
#include "directory/well_known.h"

namespace sallyport::proof {

Universe::Universe(Solver& solver, std::span<const PolicySet* const> sets, const Tenant& tenant,
                   const Interests& interests)
    : tenant_(tenant), directory_(tenant.directory) {
  UniverseBuilder(*this, solver, sets, interests).build();
}

namespace {

template <class Map, class Key>
std::optional<DimensionIndex> found(const Map& map, const Key& key) {
  const auto at = map.find(key);
  if (at == map.end()) return std::nullopt;
  return at->second;
}

}  // namespace

std::optional<DimensionIndex> Universe::find(Question question) const {
  return found(by_key_, key_of(question));
}
std::optional<DimensionIndex> Universe::group(GroupId id) const {
  return found(by_key_, key_of(Question::group, to_string(id)));
}
std::optional<DimensionIndex> Universe::role(RoleId id) const {
  return found(by_key_, key_of(Question::role, to_string(id)));
}
std::optional<DimensionIndex> Universe::attribute(const FilterComparison& asked) const {
  return found(by_key_, key_of(Question::device_attribute, attribute_key(asked)));
}
DimensionIndex Universe::compliance() const {
  FilterComparison asked;
  asked.property = FilterProperty::is_compliant;
  return *attribute(asked);
}
DimensionIndex Universe::trust_type() const {
  FilterComparison asked;
  asked.text = DeviceText::trust_type;
  return *attribute(asked);
}
std::optional<DimensionIndex> Universe::terms(AgreementId id) const {
  return found(by_key_, key_of(Question::terms_of_use, to_string(id)));
}
std::optional<DimensionIndex> Universe::custom_control(CustomControlId id) const {
  return found(by_key_, key_of(Question::custom_control, to_string(id)));
}
std::optional<DimensionIndex> Universe::method(MethodModes one) const {
  return found(by_key_, key_of(Question::method, combination_text(one)));
}

std::vector<DimensionIndex> Universe::all(Question question) const {
  std::vector<DimensionIndex> out;
  for (DimensionIndex i = 0; i < dimensions_.size(); ++i) {
    if (dimensions_[i].question == question) out.push_back(i);
  }
  return out;
}

Bdd Universe::is_plain(Question question) const {
  Bdd set = Bdd::all();
  for (const DimensionIndex i : all(question)) set &= is(i, 0);
  return set;
}

Bdd Universe::where_product(std::span<const DimensionIndex> dimensions,
                            std::vector<ChoiceIndex>& chosen,
                            const std::function<bool(const SignIn&)>& test) const {
  if (chosen.size() == dimensions.size()) {
    Draft draft;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      dimensions_[dimensions[i]].choices[chosen[i]].put(draft);
    }
    return Bdd::all_if(test(draft.settle()));
  }
  const DimensionIndex next = dimensions[chosen.size()];
  Bdd set;
  for (ChoiceIndex choice = 0; choice < dimensions_[next].choices.size(); ++choice) {
    chosen.push_back(choice);
    const Bdd rest = where_product(dimensions, chosen, test);
    chosen.pop_back();
    if (!rest.is_empty()) set |= is(next, choice) & rest;
  }
  return set;
}

std::vector<bool> Universe::asked_by(const Bdd& set) const {
  std::vector<bool> asked(dimensions_.size());
  for (const int variable : set.variables()) asked[dimension_of(variable)] = true;
  return asked;
}

bool Universe::holds(const Bdd& set, const Point& point) const {
  int node = set.node();
  while (node > 1) {
    const int variable = Bdd::variable_of(node);
    const DimensionIndex at = dimension_of(variable);
    const Dimension& dimension = dimensions_[at];
    const int bit = dimension.bits - 1 - (variable - dimension.first_variable);
    node = (static_cast<unsigned>(point[at]) >> static_cast<unsigned>(bit) & 1U) != 0
               ? Bdd::high_of(node)
               : Bdd::low_of(node);
  }
  return node == 1;
}

void Universe::draft(const Point& point, Draft& into) const {
  for (DimensionIndex i = 0; i < dimensions_.size(); ++i) {
    dimensions_[i].choices[point[i]].put(into);
  }
  // A real user shows as one, so that people know whom to ask.
  into.settle();
}

Bdd Universe::point_set(const Point& point) const {
  Bdd set = Bdd::all();
  for (DimensionIndex i = static_cast<DimensionIndex>(dimensions_.size()); i-- > 0;) {
    set &= is(i, point[i]);
  }
  return set;
}

Bdd Universe::box_set(const Box& box) const {
  Bdd set = Bdd::all();
  for (DimensionIndex i = static_cast<DimensionIndex>(dimensions_.size()); i-- > 0;) {
    if (box[i].size() == dimensions_[i].choices.size()) continue;
    Bdd allowed;
    for (const ChoiceIndex choice : box[i]) allowed |= is(i, choice);
    set &= allowed;
  }
  return set;
}

// ---- building ----

std::string key_of(Question question) { return std::to_string(static_cast<int>(question)); }
std::string key_of(Question question, std::string_view of) {
  return key_of(question) + ':' + std::string(of);
}

std::string attribute_key(const FilterComparison& asked) {
  const bool text = asked.property == FilterProperty::text;
  return std::to_string(static_cast<int>(asked.property)) + '.' +
         (text ? std::to_string(static_cast<int>(asked.text)) : "");
}

std::string list_of(const std::vector<std::string>& names, std::size_t most) {
  std::string out;
  const std::size_t shown = names.size() > most ? most - 1 : names.size();
  for (std::size_t i = 0; i < shown; ++i) {
    if (i > 0) out += i + 1 == names.size() ? " and " : ", ";
    out += names[i];
  }
  if (shown < names.size()) out += " and " + std::to_string(names.size() - shown) + " others";
  return out;
}

std::string UniverseBuilder::name_of_id(const Guid& guid) const { return name_of_id(guid, {}); }

std::string UniverseBuilder::name_of_id(const Guid& guid, std::string_view kind) const {
  std::string name = u_.tenant_.names.find(guid);
  const std::string id = to_string(guid);
  if (name.empty()) name = std::string(well_known_name(id));
  if (!name.empty()) return name;
  return kind.empty() ? id : std::string(kind) + ' ' + id;
}

DimensionIndex UniverseBuilder::add(Question question, const std::string& key, std::string subject,
                                    std::vector<Choice> choices, unsigned weight) {
  const auto index = static_cast<DimensionIndex>(u_.dimensions_.size());
  Dimension dimension;
  dimension.question = question;
  dimension.subject = std::move(subject);
  dimension.choices = std::move(choices);
  dimension.weight = weight;
  dimension.first_variable = static_cast<int>(u_.of_variable_.size());
  while ((std::size_t{1} << dimension.bits) < dimension.choices.size()) ++dimension.bits;
  u_.of_variable_.resize(u_.of_variable_.size() + static_cast<std::size_t>(dimension.bits), index);
  u_.dimensions_.push_back(std::move(dimension));
  u_.by_key_.emplace(key, index);
  return index;
}

DimensionIndex UniverseBuilder::add_yes_no(Question question, const std::string& key,
                                           std::string subject, std::string no, std::string yes,
                                           std::function<void(Draft&)> put, unsigned weight) {
  return add(question, key, std::move(subject),
             {{std::move(no), [](Draft&) {}}, {std::move(yes), std::move(put)}}, weight);
}

std::vector<Choice> UniverseBuilder::merge(std::vector<Candidate> candidates) {
  std::vector<Choice> out;
  std::vector<std::vector<std::string>> names;
  std::map<std::vector<int>, std::size_t> seen;
  for (auto& [choice, signature] : candidates) {
    const auto [at, added] = seen.try_emplace(std::move(signature), out.size());
    if (added) {
      names.push_back({choice.words});
      out.push_back(std::move(choice));
    } else {
      names[at->second].push_back(choice.words);
    }
  }
  // The plainest choice stands for everything that is not told apart from it.
  for (std::size_t i = 1; i < out.size(); ++i) {
    constexpr std::size_t told = 3;
    auto& words = out[i].words;
    for (std::size_t n = 1; n < names[i].size() && n < told; ++n) words += ", " + names[i][n];
    if (names[i].size() > told) words += " and " + std::to_string(names[i].size() - told) + " more";
  }
  return out;
}

// Most significant bit first: of two choices the lesser is then found first.
void UniverseBuilder::name_variables() {
  solver_.set_variable_count(static_cast<int>(u_.of_variable_.size()));
  for (const Dimension& dimension : u_.dimensions_) {
    auto& choices = u_.is_.emplace_back();
    Bdd variables = Bdd::all();
    for (int bit = 0; bit < dimension.bits; ++bit) {
      variables &= solver_.variable(dimension.first_variable + bit);
    }
    u_.variables_.push_back(variables);
    for (std::size_t choice = 0; choice < dimension.choices.size(); ++choice) {
      Bdd set = Bdd::all();
      for (int bit = dimension.bits; bit-- > 0;) {
        const Bdd one = solver_.variable(dimension.first_variable + bit);
        const bool on = (choice >> (dimension.bits - 1 - bit) & 1U) != 0;
        set &= on ? one : !one;
      }
      choices.push_back(set);
    }
  }
}

void UniverseBuilder::build() {
  prepare_directory();
  add_identity();
  add_service_principals();
  add_targets();
  add_clients();
  add_risks();
  add_places();
  add_device();
  add_proofs();
  add_people_dimensions();
  name_variables();
  constrain();
}

}  // namespace sallyport::proof
