// Carries out what follows from not being compliant, when it is due: mail, push messages, remote
// locks, the retire list. (That a device counts as not compliant once its grace period is over is
// the judge's business.)
//
// What is due stands in the store with each device's spells (spell.h), so a restart, or the death
// of the process, loses nothing. An action is carried out only while the device is still not
// compliant with its policy, and in a spell
//   retire list, remote lock   once: they are written together with the note that they were done
//   mail      handed over at most once: the note is on the disk before any of the text is sent.
//             Until a server has it, it is tried again; what became of it when no answer came is
//             not known, and it is not sent again
//   push      at least once, with an id by which a receiver knows it again
// Of push messages of one policy there is one a day. Nothing is done while
// `isScheduledActionEnabled` is false, and of devices that a partner manages nothing but a note.
// Actions that nothing here can carry out are noted as skipped, with the reason.
//
// Threads: one of its own; carry_out() may be called instead, when that was not started.
// Cost: at rest one look-up in an index each pause. Source: device-compliance spec, section 3.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "compliance/compliance_policy.h"
#include "service/change_queue.h"
#include "service/due_actions/mail.h"
#include "service/due_actions/spell.h"
#include "service/notifications/webhook.h"

namespace sallyport {

struct DueActionsOptions {
  std::function<Instant()> now;
  std::string sender;    // the From of mail; empty: mail waits
  std::string push_url;  // empty: push messages wait
  std::chrono::milliseconds pause{1000};
  std::chrono::minutes retry{5};
  std::chrono::milliseconds patience{5000};  // for the answer to a push message
  std::function<void(const std::string& what, const std::string& problem)> on_problem;
};

class DueActions {
 public:
  // REQUIRES: what is referred to outlives this. `mailer` may be null: mail waits.
  DueActions(Store& store, LiveTenant& tenant, WebhookClient& webhooks, Mailer* mailer,
             DueActionsOptions options);
  ~DueActions();  // waits for what is under way
  DueActions(const DueActions&) = delete;
  DueActions& operator=(const DueActions&) = delete;

  void start();
  // All that is due by now.
  [[nodiscard]] Result<void> carry_out();

 private:
  struct Case;
  struct Place {  // of an action
    const Case& subject;
    const Spell& spell;
    const DueAction& due;
    const compliance::CompliancePolicy& policy;
  };
  using Effect = std::function<Result<void>(Draft&)>;
  using SpellEdit = std::function<Result<void>(Draft&, Spell&)>;
  using Policies = std::map<std::string, compliance::CompliancePolicy, std::less<>>;

  void run();
  [[nodiscard]] Result<bool> is_enabled();
  [[nodiscard]] Result<void> follow_policies();
  [[nodiscard]] Result<void> read_policies();
  [[nodiscard]] Result<void> plan_all();
  [[nodiscard]] Result<void> carry_out_of(const std::string& device_id);
  [[nodiscard]] Result<void> plan(const std::string& device_id);
  Noncompliance::Next next_of(const Noncompliance& spells, Instant& at) const;

  [[nodiscard]] Result<void> carry_out(const Place& place);
  [[nodiscard]] Result<void> list_for_retirement(const Place& place);
  [[nodiscard]] Result<void> lock(const Place& place);
  [[nodiscard]] Result<void> push(const Place& place);
  [[nodiscard]] Result<void> send_mail(const Place& place);
  // Both false: the spell is over.
  [[nodiscard]] Result<bool> edit_spell(const Place& place, const SpellEdit& edit);
  [[nodiscard]] Result<bool> note(const Place& place, std::string_view outcome,
                                  std::string_view detail = {}, const Effect& effect = nullptr);
  [[nodiscard]] Result<void> skip(const Place& place, std::string_view why);
  [[nodiscard]] Result<void> forget_note(const Place& place);
  std::vector<std::string> addresses_of(const Place& place, const json::Value& user) const;

  Store& store_;
  WebhookClient& webhooks_;
  Mailer* mailer_;
  const DueActionsOptions options_;
  ChangeQueue queue_;
  Policies policies_;
  std::optional<Sequence> followed_;  // the feed, as far as policies go; none: not yet

  std::mutex mutex_;  // guards stopping_
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sallyport
