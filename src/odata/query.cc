#include "odata/query.h"

#include "base/text.h"
#include "odata/query_text.h"

namespace sallyport::odata {
namespace {

std::string in_backticks(std::string_view text) { return "`" + printable(text) + "`"; }

tl::unexpected<Error> too_many(std::string_view where, std::string_view what, std::size_t most) {
  return fail(ErrorKind::too_large,
              "at most " + std::to_string(most) + " " + std::string(what) + " are taken",
              std::string(where));
}

Result<std::uint64_t> read_count(std::string_view text, const std::string& where) {
  std::uint64_t number = 0;
  bool good = !text.empty() && text.size() <= 18;
  for (const char c : text) {
    good = good && c >= '0' && c <= '9';
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  if (good) return number;
  return fail(ErrorKind::invalid_argument,
              "expected a whole number such as 20, found " + in_backticks(text), where);
}

Result<std::vector<std::string>> read_names(std::string_view text, const std::string& where) {
  auto parts = split_outside(text, ',');
  if (!parts) {
    return fail(ErrorKind::invalid_argument, "a bracket or a quote is not closed", where);
  }
  if (parts->size() > list_size_max) return too_many(where, "names", list_size_max);
  std::vector<std::string> names;
  for (const auto part : *parts) {
    const auto name = trim(part);
    if (name.empty()) {
      return fail(ErrorKind::invalid_argument, "a name is missing before or after a comma", where);
    }
    names.emplace_back(name);
  }
  return names;
}

Result<std::vector<OrderKey>> read_order(std::string_view text, const std::string& where) {
  auto names = read_names(text, where);
  if (!names) return tl::unexpected<Error>(std::move(names.error()));
  std::vector<OrderKey> keys;
  for (const std::string_view name : *names) {
    const auto blank = name.find_first_of(" \t");
    OrderKey key{std::string(name.substr(0, blank)), false};
    const auto direction =
        blank == std::string_view::npos ? std::string_view() : trim(name.substr(blank));
    key.descending = equal_ignoring_case(direction, "desc");
    if (!direction.empty() && !key.descending && !equal_ignoring_case(direction, "asc")) {
      return fail(ErrorKind::invalid_argument,
                  "expected `asc` or `desc` after " + in_backticks(key.path) + ", found " +
                      in_backticks(direction),
                  where);
    }
    keys.push_back(std::move(key));
  }
  return keys;
}

class OptionReader {
 public:
  // `place`: what the option stands in, "" or "$expand, members, ".
  OptionReader(Query& query, std::string place, int depth)
      : query_(query), place_(std::move(place)), depth_(depth) {}

  Result<void> read(std::string_view name, std::string_view value);

 private:
  Result<void> read_expand(std::string_view value, const std::string& where);
  Result<Expand> read_expanded(std::string_view item, const std::string& where);
  Result<void> assign(std::string_view option, std::string_view value, const std::string& where);

  Query& query_;
  std::string place_;
  int depth_;
  unsigned seen_ = 0;
};

// Those before the gap may stand in $expand too.
constexpr std::string_view options[] = {"$filter", "$select",    "$expand",    "$orderby",
                                        "$top",    "$skip",      "$count",     "$search",
                                        "$format", "$skiptoken", "$deltatoken"};
constexpr std::size_t options_in_expand = 8;

Result<void> OptionReader::read(std::string_view name, std::string_view value) {
  const std::size_t known = depth_ == 0 ? std::size(options) : options_in_expand;
  std::size_t i = 0;
  while (i < known && !equal_ignoring_case(name, options[i])) ++i;
  if (i == known) {
    std::string list;
    for (std::size_t k = 0; k < known; ++k) {
      list += (k == 0 ? "`" : k + 1 == known ? " and `" : ", `") + std::string(options[k]) + "`";
    }
    return fail(ErrorKind::invalid_argument, "unknown query option; there are " + list,
                place_ + printable(name));
  }
  const auto where = place_ + std::string(options[i]);
  if ((seen_ >> i & 1U) != 0) {
    return fail(ErrorKind::invalid_argument, "the option is given twice", where);
  }
  seen_ |= 1U << i;
  if (trim(value).empty()) return fail(ErrorKind::invalid_argument, "the option is empty", where);
  return assign(options[i], value, where);
}

Result<void> OptionReader::assign(std::string_view option, std::string_view value,
                                  const std::string& where) {
  const auto keep = [](auto& target, auto result) -> Result<void> {
    if (!result) return tl::unexpected<Error>(std::move(result.error()));
    target = std::move(*result);
    return {};
  };
  if (option == "$select") return keep(query_.select, read_names(value, where));
  if (option == "$orderby") return keep(query_.order_by, read_order(value, where));
  if (option == "$expand") return read_expand(value, where);
  if (option == "$top") return keep(query_.top, read_count(trim(value), where));
  if (option == "$skip") {
    auto skip = read_count(trim(value), where);
    if (skip && *skip > skip_max) return too_many(where, "rows", skip_max);
    return keep(query_.skip, std::move(skip));
  }
  if (option == "$count") {
    query_.count = equal_ignoring_case(trim(value), "true");
    if (query_.count || equal_ignoring_case(trim(value), "false")) return {};
    return fail(ErrorKind::invalid_argument,
                "expected `true` or `false`, found " + in_backticks(value), where);
  }
  auto& text = option == "$filter"      ? query_.filter
               : option == "$search"    ? query_.search
               : option == "$skiptoken" ? query_.skip_token
               : option == "$format"    ? query_.format
                                        : query_.delta_token;
  text = std::string(value);
  return {};
}

Result<void> OptionReader::read_expand(std::string_view value, const std::string& where) {
  if (depth_ >= expand_depth_max) {
    return fail(ErrorKind::too_large,
                "`$expand` nests at most " + std::to_string(expand_depth_max) + " deep", where);
  }
  const auto items = read_names(value, where);
  if (!items) return tl::unexpected<Error>(items.error());
  for (const auto& item : *items) {
    auto expand = read_expanded(item, where);
    if (!expand) return tl::unexpected<Error>(std::move(expand.error()));
    query_.expand.push_back(std::move(*expand));
  }
  return {};
}

Result<Expand> OptionReader::read_expanded(std::string_view item, const std::string& where) {
  const auto open = item.find('(');
  Expand expand{std::string(trim(item.substr(0, open))), {}};
  if (expand.path.empty()) {
    return fail(ErrorKind::invalid_argument, "a name is missing before `(`", where);
  }
  if (open == std::string_view::npos) return expand;
  if (item.back() != ')') {
    return fail(ErrorKind::invalid_argument,
                "expected `,` after the options of " + in_backticks(expand.path), where);
  }
  const auto inside = item.substr(open + 1, item.size() - open - 2);
  const auto parts = split_outside(inside, ';');
  if (!parts) {
    return fail(ErrorKind::invalid_argument, "a bracket or a quote is not closed", where);
  }
  OptionReader reader(expand.options, where + ", " + printable(expand.path) + ", ", depth_ + 1);
  for (const auto part : *parts) {
    const auto equals = part.find('=');
    const auto value = equals == std::string_view::npos ? "" : part.substr(equals + 1);
    auto done = reader.read(trim(part.substr(0, equals)), value);
    if (!done) return tl::unexpected<Error>(std::move(done.error()));
  }
  return expand;
}

}  // namespace

Result<Query> parse_query(std::string_view text) {
  const auto too_long = [] {
    return fail(ErrorKind::too_large, "a query string has at most " +
                                          std::to_string(query_length_max) +
                                          " bytes besides its `$skiptoken`");
  };
  if (text.size() > 3 * query_length_max + skip_token_length_max) return too_long();
  std::size_t length = 0;
  Query query;
  OptionReader reader(query, "", 0);
  std::size_t count = 0;
  while (!text.empty()) {
    const auto end = text.find('&');
    const auto parameter = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (parameter.empty()) continue;
    const auto equals = parameter.find('=');
    auto name = decode_parameter(parameter.substr(0, equals));
    if (!name) return tl::unexpected<Error>(std::move(name.error()));
    auto value = decode_parameter(equals == std::string_view::npos ? std::string_view()
                                                                   : parameter.substr(equals + 1));
    if (!value) {
      value.error().where = printable(*name);
      return tl::unexpected<Error>(std::move(value.error()));
    }
    // The token of the next page comes on top of what the client was allowed to send.
    if (!equal_ignoring_case(*name, "$skiptoken")) {
      length += name->size() + value->size() + 2;
      if (length > query_length_max + 1) return too_long();
      if (++count > parameters_max) return too_many("", "parameters", parameters_max);
    }
    if (!name->starts_with('$')) {
      query.others.emplace_back(std::move(*name), std::move(*value));
      continue;
    }
    if (auto done = reader.read(*name, *value); !done) {
      return tl::unexpected<Error>(std::move(done.error()));
    }
  }
  return query;
}

}  // namespace sallyport::odata
