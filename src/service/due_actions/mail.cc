#include "service/due_actions/mail.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "base/base64.h"
#include "base/json_members.h"
#include "base/text.h"

namespace sallyport {
namespace {

using json::Value;

constexpr std::size_t address_length_max = 254;
constexpr std::string_view elements[] = {"a",  "strong", "b",     "u",    "ol",    "ul",
                                         "li", "p",      "br",    "code", "table", "tbody",
                                         "tr", "td",     "thead", "th"};

// `Thu, 26 Nov 2026 03:00:00 +0000`
std::string mail_date(Instant at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  const auto time = static_cast<std::time_t>(seconds.time_since_epoch().count());
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 64> text{};
  const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S +0000", &parts);
  return {text.data(), size};
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
}

// RFC 2047: words of at most 75 bytes, none of them within a character.
std::string encoded_header(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  constexpr std::size_t part_max = 42;
  std::string out;
  while (!text.empty()) {
    auto end = std::min(part_max, text.size());
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
    out += (out.empty() ? "=?utf-8?B?" : "\r\n =?utf-8?B?") + encode_base64(text.substr(0, end)) +
           "?=";
    text.remove_prefix(end);
  }
  return out;
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) out += '\r';
    out += text[i];
  }
  return out;
}

std::string locale_key(std::string_view locale) {
  auto key = to_lower(locale);
  std::ranges::replace(key, '_', '-');
  return key;
}

std::string_view language_of(std::string_view key) { return key.substr(0, key.find('-')); }

// One tag behind `<`; moves past its `>`. False: none of the few.
bool take_tag(std::string_view& text) {
  const auto end = text.find('>');
  if (end == text.npos) return false;
  auto tag = text.substr(0, end);
  text.remove_prefix(end + 1);
  if (tag.starts_with('/')) tag.remove_prefix(1);
  if (tag.ends_with('/')) tag.remove_suffix(1);
  tag = trim(tag);
  const auto blank = tag.find_first_of(" \t\r\n");
  const auto name = to_lower(tag.substr(0, blank));
  if (std::ranges::find(elements, name) == std::end(elements)) return false;
  if (blank == tag.npos) return true;
  // Only where a link leads.
  const auto attribute = trim(tag.substr(blank));
  const auto value = to_lower(attribute.substr(0, std::min<std::size_t>(14, attribute.size())));
  const bool leads = value.starts_with("href=\"https:") || value.starts_with("href=\"http:") ||
                     value.starts_with("href=\"mailto:");
  return name == "a" && leads && attribute.ends_with('"') &&
         std::ranges::count(attribute, '"') == 2 && attribute.find_first_of("<'") == tag.npos;
}

}  // namespace

bool is_mail_address(std::string_view text) {
  const auto at = text.find('@');
  return text.size() <= address_length_max && at != text.npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == text.npos && is_ascii(text) &&
         text.find_first_of(" <>,;:\"\\()[]") == text.npos;
}

std::string message_text(const Mail& mail) {
  std::string out;
  out += "Date: " + mail_date(mail.date) + "\r\n";
  out += "From: <" + mail.from + ">\r\n";
  out += "To: <" + (mail.to.empty() ? std::string() : mail.to.front()) + ">\r\n";
  for (std::size_t i = 1; i < mail.to.size(); ++i) {
    out += (i == 1 ? "Cc: <" : ",\r\n <") + mail.to[i] + ">";
  }
  if (mail.to.size() > 1) out += "\r\n";
  out += "Subject: " + encoded_header(mail.subject) + "\r\n";
  out += "Message-ID: <" + mail.message_id + ">\r\n";
  out += "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/";
  out += mail.is_html ? "html" : "plain";
  out += "; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n";
  return out + with_crlf(encode_base64_lines(with_crlf(mail.text)));
}

const Value* localized_message(const Value& notification_template,
                               std::string_view preferred_language) {
  const auto* list = notification_template.find("localizedNotificationMessages");
  if (list == nullptr) return nullptr;
  const auto wanted = locale_key(preferred_language);
  const auto fallback = locale_key(text_of(notification_template, "defaultLocale"));
  const Value* best = nullptr;
  int best_rank = -1;
  for (const auto& message : list->items()) {
    const auto locale = locale_key(text_of(message, "locale"));
    const auto* is_default = message.find("isDefault");
    const int rank = !wanted.empty() && locale == wanted                             ? 4
                     : !wanted.empty() && language_of(locale) == language_of(wanted) ? 3
                     : is_default != nullptr && is_default->truth()                  ? 2
                     : locale == fallback                                            ? 1
                                                                                     : 0;
    if (rank <= best_rank) continue;
    best = &message;
    best_rank = rank;
  }
  return best;
}

std::string with_tokens(std::string_view text, const MailTokens& tokens, bool for_html) {
  const std::pair<std::string_view, const std::string*> known[] = {
      {"{{UserName}}", &tokens.user_name},
      {"{{DeviceName}}", &tokens.device_name},
      {"{{DeviceId}}", &tokens.device_id},
      {"{{OSAndVersion}}", &tokens.os_and_version},
  };
  std::string out;
  while (!text.empty()) {
    const auto token = std::ranges::find_if(known, [&](const auto& one) {
      return equal_ignoring_case(text.substr(0, one.first.size()), one.first);
    });
    if (token == std::end(known)) {
      out += text.front();
      text.remove_prefix(1);
      continue;
    }
    out += for_html ? html_escape(*token->second) : *token->second;
    text.remove_prefix(token->first.size());
  }
  return out;
}

bool is_plain_html(std::string_view text) {
  bool any = false;
  for (auto open = text.find('<'); open != text.npos; open = text.find('<')) {
    text.remove_prefix(open + 1);
    if (!take_tag(text)) return false;
    any = true;
  }
  return any;
}

}  // namespace sallyport
