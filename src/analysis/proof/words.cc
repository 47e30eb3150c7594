#include "analysis/proof/words.h"

#include <algorithm>

#include "analysis/proof/universe_builder.h"

namespace sallyport::proof {
namespace {

bool is_any(const Universe& u, const Box& box, DimensionIndex i) {
  return box[i].size() == u.dimensions()[i].choices.size();
}

bool allows_only(const Box& box, DimensionIndex i, ChoiceIndex choice) {
  return box[i].size() == 1 && box[i].front() == choice;
}

std::vector<std::string> names_of(const Universe& u, const Box& box, DimensionIndex i) {
  std::vector<std::string> names;
  for (const ChoiceIndex choice : box[i]) names.push_back(u.dimensions()[i].choices[choice].words);
  return names;
}

// `iOS or Android`, `anything but iOS`; of many the fewer are told.
std::string any_of(const std::vector<std::string>& names);

std::string choices_in_words(const Universe& u, const Box& box, DimensionIndex i) {
  const auto& choices = u.dimensions()[i].choices;
  std::vector<std::string> these, others;
  std::vector<bool> allowed(choices.size());
  for (const ChoiceIndex choice : box[i]) allowed[choice] = true;
  // No person has a client that cannot be told.
  const bool clients = u.dimensions()[i].question == Question::client_app;
  const std::size_t told = clients ? 5 : choices.size();
  for (ChoiceIndex choice = 0; choice < told; ++choice) {
    (allowed[choice] ? these : others).push_back(choices[choice].words);
  }
  if (clients && others.empty()) return {};
  if (clients && allowed[0] && allowed[1] && these.size() == 2) return "a modern client";
  if (clients && !allowed[0] && !allowed[1] && these.size() == 3) return "a legacy client";
  if (these.size() > 2 && others.size() < these.size()) {
    return "anything but " + list_of(others, others.size());
  }
  return any_of(these);
}

// `compliant`, `model Surface`: two attributes need no name to be understood.
std::string attribute_in_words(const Dimension& dimension, ChoiceIndex choice) {
  const std::string& value = dimension.choices[choice].words;
  const bool plain = dimension.subject == "compliance" || dimension.subject == "trust type";
  return plain ? value : dimension.subject + " " + value;
}

std::string any_of(const std::vector<std::string>& names) {
  std::string words = list_of(names, 4);
  const auto at = words.rfind(" and ");
  if (names.size() > 1 && at != std::string::npos) words.replace(at, 5, " or ");
  return words;
}

// "members", "guests of any kind", "B2B collaboration guests"
std::string kind_of_people(const Universe& u, const Box& box) {
  const DimensionIndex i = *u.find(Question::user_type);
  constexpr std::size_t all = 7;
  if (is_any(u, box, i)) return "people";
  if (box[i].front() != 0 && box[i].size() == all - 1) return "guests of every kind";
  constexpr const char* words[all] = {"members",
                                      "internal guests",
                                      "B2B collaboration guests",
                                      "B2B collaboration members",
                                      "B2B direct connect users",
                                      "other external users",
                                      "service providers' users"};
  std::vector<std::string> these, others;
  for (ChoiceIndex choice = 0; choice < all; ++choice) {
    const bool allowed = std::ranges::find(box[i], choice) != box[i].end();
    (allowed ? these : others).emplace_back(words[choice]);
  }
  return these.size() > others.size() ? "people other than " + list_of(others, all)
                                      : list_of(these, all);
}

void append(std::string& words, const std::string& more) {
  if (more.empty()) return;
  if (!words.empty()) words += ' ';
  words += more;
}

}  // namespace

std::string who_in_words(const Universe& u, const Box& box, bool only_groups) {
  if (allows_only(box, *u.find(Question::identity), 1)) {
    const auto i = *u.find(Question::service_principal);
    return is_any(u, box, i) ? "any workload identity" : any_of(names_of(u, box, i));
  }
  const DimensionIndex users = *u.find(Question::user);
  std::string words;
  if (only_groups) {
    // named by the caller
  } else if (box[users].size() == 1 && box[users].front() != 0) {
    words = u.dimensions()[users].choices[box[users].front()].words;
  } else {
    words = kind_of_people(u, box);
  }
  const auto collect = [&](std::initializer_list<Question> questions, ChoiceIndex wanted) {
    std::vector<std::string> names;
    for (const Question question : questions) {
      for (const auto i : u.all(question)) {
        if (allows_only(box, i, wanted)) names.push_back(u.dimensions()[i].subject);
      }
    }
    return names;
  };
  if (const auto homes = u.find(Question::home_tenant); homes && !is_any(u, box, *homes)) {
    if (!allows_only(box, *u.find(Question::user_type), 0))
      append(words, any_of(names_of(u, box, *homes)));
  }
  if (const auto agents = u.find(Question::agent_user); agents && allows_only(box, *agents, 1)) {
    words = "agents' user accounts";
  }
  if (const auto roles = collect({Question::role, Question::any_role}, 1);
      !roles.empty() && !only_groups) {
    append(words, "holding " + list_of(roles, 4));
  }
  if (const auto groups = collect({Question::group, Question::any_group}, 1); !groups.empty()) {
    words += " in " + list_of(groups, 4);
  }
  // What somebody must not be is worth telling only while it is little.
  const auto roles_not = collect({Question::role}, 0);
  const auto groups_not = collect({Question::group}, 0);
  if (roles_not.size() + groups_not.size() <= 2) {
    if (!roles_not.empty()) words += " without role " + list_of(roles_not);
    if (!groups_not.empty()) words += " not in " + list_of(groups_not);
  }
  return words;
}

std::string what_in_words(const Universe& u, const Box& box) {
  const DimensionIndex i = *u.find(Question::target);
  if (is_any(u, box, i)) return "everything";
  const auto& choices = u.dimensions()[i].choices;
  std::size_t applications = 0, allowed = 0;
  std::vector<std::string> left_out;
  bool only_applications = true;
  for (ChoiceIndex choice = 0; choice < choices.size(); ++choice) {
    Draft draft;
    choices[choice].put(draft);
    const bool application = draft.settle().target.kind == TargetKind::applications;
    const bool in = std::ranges::find(box[i], choice) != box[i].end();
    applications += application ? 1 : 0;
    allowed += application && in ? 1 : 0;
    if (application && !in) left_out.push_back(choices[choice].words);
    if (!application && in) only_applications = false;
  }
  if (only_applications && allowed == applications) return "any application";
  if (only_applications && left_out.size() <= 3 && left_out.size() < allowed) {
    return "any application but " + list_of(left_out);
  }
  if (box[i].front() == 0 && box[i].size() > 4) {
    return "applications no policy names, and " + std::to_string(box[i].size() - 1) + " others";
  }
  return any_of(names_of(u, box, i));
}

std::string how_in_words(const Universe& u, const Box& box) {
  std::string words;
  const auto tell = [&](Question question, const std::string& before) {
    for (const auto i : u.all(question)) {
      if (is_any(u, box, i)) continue;
      const std::string these = choices_in_words(u, box, i);
      if (!these.empty()) append(words, before + these);
    }
  };
  if (allows_only(box, *u.find(Question::identity), 1)) {
    tell(Question::service_principal_risk, "at service principal risk ");
  } else {
    tell(Question::client_app, "through ");
    if (const auto flow = u.find(Question::flow); flow && !allows_only(box, *flow, 0)) {
      tell(Question::flow, "by ");
    }
    tell(Question::platform, "on ");
  }
  const bool everywhere =
      is_any(u, box, *u.find(Question::address)) && is_any(u, box, *u.find(Question::country));
  if (everywhere) {
    append(words, "from anywhere");
  } else {
    tell(Question::address, "from ");
    tell(Question::country, "from ");
  }
  tell(Question::gps_country, "with GPS saying ");
  tell(Question::compliant_network, "");
  const auto risk = [&](Question question, const char* name) {
    for (const auto i : u.all(question)) {
      if (!is_any(u, box, i))
        append(words, "at " + std::string(name) + " " + any_of(names_of(u, box, i)));
    }
  };
  risk(Question::sign_in_risk, "sign-in risk");
  risk(Question::user_risk, "user risk");
  risk(Question::insider_risk, "insider risk");
  risk(Question::agent_id_risk, "agent risk");
  if (const auto outage = u.find(Question::outage); outage && allows_only(box, *outage, 1)) {
    append(words, "during an outage");
  }
  return words;
}

std::string platform_in_words(const Universe& u, const Box& box) {
  const DimensionIndex i = *u.find(Question::platform);
  return "on " + (is_any(u, box, i) ? "any platform" : choices_in_words(u, box, i));
}

std::string proofs_in_words(const Universe& u, const Point& point) {
  std::vector<std::string> more;
  const auto tell = [&](Question question) {
    for (const auto i : u.all(question)) {
      if (point[i] != 0) more.push_back(u.dimensions()[i].choices[point[i]].words);
    }
  };
  std::string first = "a password";
  for (const auto i : u.all(Question::method)) {
    if (u.dimensions()[i].subject == "a password" && point[i] != 0) first = "no password";
  }
  for (const Question question : {Question::method, Question::mfa_claim}) tell(question);
  std::erase(more, "no password");
  std::string device;
  const auto attributes = u.all(Question::device_attribute);
  for (const auto i : u.all(Question::device)) {
    if (point[i] == 0) continue;
    std::vector<std::string> is;
    for (const auto a : attributes) {
      if (point[a] != 0) {
        is.push_back(attribute_in_words(u.dimensions()[a], point[a]));
      }
    }
    device = "a registered device" + (is.empty() ? "" : ", " + list_of(is, 5));
  }
  if (!device.empty()) more.push_back(device);
  for (const Question question :
       {Question::approved_app, Question::protected_app, Question::token_bound, Question::key,
        Question::certificate_issuer, Question::certificate_policy, Question::primary_age,
        Question::secondary_age, Question::terms_of_use, Question::custom_control,
        Question::password_changed, Question::risk_remediated}) {
    tell(question);
  }
  if (more.empty()) return first + (first == "a password" ? " alone" : "");
  more.insert(more.begin(), first);
  return list_of(more, 6);
}

std::string sentence(const Universe& u, const Box& box, const Point& point,
                     const std::string& who) {
  std::string words = who_in_words(u, box, !who.empty());
  if (!who.empty()) words = who + words;
  // "Members reach Finance", "members get to registering a device"
  Draft draft;
  const DimensionIndex target = *u.find(Question::target);
  u.dimensions()[target].choices[point[target]].put(draft);
  const bool action = draft.settle().target.kind == TargetKind::user_action;
  const bool one = point[*u.find(Question::identity)] == 1;  // "an application reaches"
  append(words, (action ? "get to " : one ? "reaches " : "reach ") + what_in_words(u, box));
  append(words, how_in_words(u, box));
  if (point[*u.find(Question::identity)] == 0) append(words, "with " + proofs_in_words(u, point));
  return words;
}

std::vector<std::string> details(const Universe& u, const Point& point) {
  std::vector<std::string> out;
  const bool workload = point[*u.find(Question::identity)] == 1;
  std::vector<DimensionIndex> order;
  for (DimensionIndex i = 0; i < u.dimensions().size(); ++i) order.push_back(i);
  std::ranges::stable_sort(order, {}, [&](DimensionIndex i) { return u.dimensions()[i].question; });
  for (const DimensionIndex i : order) {
    const Dimension& dimension = u.dimensions()[i];
    const bool always = workload ? dimension.question == Question::service_principal ||
                                       dimension.question == Question::target
                                 : dimension.question == Question::user_type ||
                                       dimension.question == Question::target ||
                                       dimension.question == Question::client_app ||
                                       dimension.question == Question::platform;
    if (point[i] == 0 && !always) continue;
    if (workload &&
        (dimension.question == Question::client_app || dimension.question == Question::platform ||
         dimension.question == Question::identity)) {
      continue;
    }
    std::string words = dimension.choices[point[i]].words;
    switch (dimension.question) {
      case Question::role: words = "holds " + words; break;
      case Question::group:
      case Question::any_group: words = "in " + words; break;
      case Question::sign_in_risk: words = "sign-in risk " + words; break;
      case Question::user_risk: words = "user risk " + words; break;
      case Question::insider_risk: words = "insider risk " + words; break;
      case Question::service_principal_risk: words = "service principal risk " + words; break;
      case Question::agent_id_risk: words = "agent risk " + words; break;
      case Question::country: words = "from " + words; break;
      case Question::device_attribute: words = attribute_in_words(dimension, point[i]); break;
      default: break;
    }
    out.push_back(std::move(words));
  }
  return out;
}

}  // namespace sallyport::proof
