#include "device/read.h"

#include <bitset>
#include <string>

#include "base/text.h"
#include "device/member_words.h"

namespace sallyport {
namespace {

class Reader {
 public:
  Reader(MissingMember missing, std::vector<Finding>* findings) : findings_(findings) {
    if (missing == MissingMember::absent) return;
    auto& shape = out_.device.shape;
    shape.texts.fill(DeviceAttribute::unknown());
    shape.is_compliant = shape.is_managed = DeviceFlag::unknown;
    shape.system_labels_known = false;
    out_.id_known = out_.display_name_known = out_.physical_ids_known = false;
  }

  Result<DescribedDevice> read(const json::Value& value, const json::Pointer& at);

 private:
  Result<void> read_members(const json::Value& object, const json::Pointer& at, bool extensions);
  Result<void> read_member(const DeviceMemberWord& word, const json::Value& v,
                           const json::Pointer& at);
  void read_text(DeviceAttribute& out, const json::Value& v, const json::Pointer& at);
  void read_flag(DeviceFlag& out, const json::Value& v, const json::Pointer& at);
  void read_texts(std::vector<std::string>& out, bool& known, const json::Value& v,
                  const json::Pointer& at);
  void read_id(bool is_device_id, const json::Value& v, const json::Pointer& at);
  bool is_first(const DeviceMemberWord& word);
  void find(Severity severity, std::string code, std::string message, const json::Value& v,
            const json::Pointer& at);
  void wrong_type(std::string_view expected, const json::Value& v, const json::Pointer& at) {
    find(Severity::error, "device_member_type",
         "expected " + std::string(expected) + ", found " + std::string(json::name_of(v.kind())) +
             "; the value counts as unknown",
         v, at);
  }

  DescribedDevice out_;
  bool has_device_id_ = false;
  bool device_id_unreadable_ = false;
  bool id_unreadable_ = false;
  std::bitset<64> seen_;
  std::vector<Finding>* findings_;
};

void Reader::find(Severity severity, std::string code, std::string message, const json::Value& v,
                  const json::Pointer& at) {
  if (findings_ == nullptr) return;
  Finding finding;
  finding.severity = severity;
  finding.code = std::move(code);
  finding.message = std::move(message);
  finding.pointer = at.text();
  finding.offset = v.offset();
  findings_->push_back(std::move(finding));
}

Result<DescribedDevice> Reader::read(const json::Value& value, const json::Pointer& at) {
  if (auto done = read_members(value, at, false); !done) {
    return tl::unexpected<Error>(std::move(done.error()));
  }
  // Another id than the one that could not be read would name another device.
  if (device_id_unreadable_ || (id_unreadable_ && !out_.has_id)) {
    out_.device.id = {};
    out_.has_id = out_.id_known = false;
  }
  return std::move(out_);
}

Result<void> Reader::read_members(const json::Value& object, const json::Pointer& at,
                                  bool extensions) {
  if (!object.is_object()) {
    return fail(ErrorKind::invalid_argument,
                "expected an object that describes a device, found " +
                    std::string(json::name_of(object.kind())),
                at.text());
  }
  for (const auto& member : object.members()) {
    const auto here = at.member(member.name);
    const auto word = find_device_member(member.name);
    const bool fits = word && (!extensions || (word->member == DeviceMember::text &&
                                               word->text >= DeviceText::extension_attribute_1));
    if (!fits) {
      if (extensions || !is_other_device_member(member.name)) {
        find(Severity::note, "unknown_member",
             "devices have no member `" + printable(member.name) + "`; it is not looked at",
             member.value, here);
      }
      continue;
    }
    if (!is_first(*word)) {
      return fail(ErrorKind::invalid_argument,
                  "`" + printable(member.name) + "` is said twice, in two spellings; remove one",
                  here.text());
    }
    if (auto done = read_member(*word, member.value, here); !done) return done;
  }
  return {};
}

bool Reader::is_first(const DeviceMemberWord& word) {
  constexpr auto texts = static_cast<std::size_t>(DeviceMember::text);
  const auto bit = word.member == DeviceMember::text ? texts + static_cast<std::size_t>(word.text)
                                                     : static_cast<std::size_t>(word.member);
  const bool first = !seen_.test(bit);
  seen_.set(bit);
  return first;
}

Result<void> Reader::read_member(const DeviceMemberWord& word, const json::Value& v,
                                 const json::Pointer& at) {
  auto& device = out_.device;
  switch (word.member) {
    case DeviceMember::id: read_id(false, v, at); break;
    case DeviceMember::device_id: read_id(true, v, at); break;
    case DeviceMember::display_name: {
      DeviceAttribute name;
      read_text(name, v, at);
      out_.display_name_known = name.state != DeviceAttribute::State::unknown;
      device.display_name = std::move(name.text);
      break;
    }
    case DeviceMember::is_compliant: read_flag(device.shape.is_compliant, v, at); break;
    case DeviceMember::is_managed: read_flag(device.shape.is_managed, v, at); break;
    case DeviceMember::account_enabled:
      read_flag(device.enabled, v, at);
      if (device.enabled == DeviceFlag::absent) device.enabled = DeviceFlag::yes;
      break;
    case DeviceMember::physical_ids:
      read_texts(device.physical_ids, out_.physical_ids_known, v, at);
      break;
    case DeviceMember::system_labels:
      read_texts(device.shape.system_labels, device.shape.system_labels_known, v, at);
      break;
    case DeviceMember::extension_attributes: {
      if (!v.is_null()) return read_members(v, at, true);
      constexpr auto first = static_cast<std::size_t>(DeviceText::extension_attribute_1);
      for (auto i = first; i < device_text_count; ++i) device.shape.texts[i] = DeviceAttribute();
      break;
    }
    case DeviceMember::text: read_text(device.shape.text(word.text), v, at); break;
  }
  return {};
}

void Reader::read_text(DeviceAttribute& out, const json::Value& v, const json::Pointer& at) {
  if (v.is_null()) {
    out = DeviceAttribute();
  } else if (v.is_string()) {
    out = DeviceAttribute::of(std::string(v.text()));
  } else {
    out = DeviceAttribute::unknown();
    wrong_type("a string", v, at);
  }
}

// Some exports write truth as a word.
void Reader::read_flag(DeviceFlag& out, const json::Value& v, const json::Pointer& at) {
  const auto word = v.is_string() ? v.text() : std::string_view();
  if (v.is_null()) {
    out = DeviceFlag::absent;
  } else if (v.is_boolean()) {
    out = v.truth() ? DeviceFlag::yes : DeviceFlag::no;
  } else if (equal_ignoring_case(word, "true") || equal_ignoring_case(word, "false")) {
    out = equal_ignoring_case(word, "true") ? DeviceFlag::yes : DeviceFlag::no;
  } else {
    out = DeviceFlag::unknown;
    wrong_type("`true` or `false`", v, at);
  }
}

void Reader::read_texts(std::vector<std::string>& out, bool& known, const json::Value& v,
                        const json::Pointer& at) {
  known = v.is_null() || v.is_array();
  if (!known) return wrong_type("an array of strings", v, at);
  const auto items = v.items();
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].is_string()) {
      out.emplace_back(items[i].text());
    } else {
      known = false;
      wrong_type("a string", items[i], at.item(i));
    }
  }
  if (!known) out.clear();
}

void Reader::read_id(bool is_device_id, const json::Value& v, const json::Pointer& at) {
  if (!is_device_id && has_device_id_) return;
  if (v.is_null() || (v.is_string() && v.text().empty())) {
    out_.id_known = true;
    return;
  }
  if (!v.is_string()) {
    wrong_type("a string", v, at);
    (is_device_id ? device_id_unreadable_ : id_unreadable_) = true;
    return;
  }
  out_.device.id = DeviceId::of(v.text());
  out_.has_id = out_.id_known = true;
  has_device_id_ = has_device_id_ || is_device_id;
}

}  // namespace

DeviceView DescribedDevice::view() const {
  DeviceView view;
  view.id = device.id;
  view.id_known = id_known;
  view.display_name = device.display_name;
  view.display_name_known = display_name_known;
  view.physical_ids = device.physical_ids;
  view.physical_ids_known = physical_ids_known;
  view.shape = &device.shape;
  view.enabled = device.enabled;
  return view;
}

Result<DescribedDevice> read_device(const json::Value& value, const json::Pointer& at,
                                    MissingMember missing, std::vector<Finding>* findings) {
  return Reader(missing, findings).read(value, at);
}

}  // namespace sallyport
