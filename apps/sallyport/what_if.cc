// `sallyport whatif`: what the policies make of a sign-in, or of many.
#include "base/text.h"
#include "commands.h"
#include "documents.h"
#include "judge.h"
#include "sign_in_input.h"

namespace sallyport::cli {
namespace {

bool told_by_flags(const SignInFlags& flags) {
  const std::string* const words[] = {&flags.user,        &flags.guest_type,
                                      &flags.home_tenant, &flags.service_principal,
                                      &flags.user_action, &flags.auth_context,
                                      &flags.platform,    &flags.country,
                                      &flags.gps_country, &flags.ip,
                                      &flags.client_app,  &flags.sign_in_risk,
                                      &flags.user_risk,   &flags.service_principal_risk,
                                      &flags.agent_risk,  &flags.insider_risk,
                                      &flags.flow};
  for (const std::string* word : words) {
    if (!word->empty()) return true;
  }
  return !flags.groups.empty() || !flags.roles.empty() || !flags.apps.empty() ||
         !flags.device.empty() || !flags.methods.empty() || !flags.satisfied.empty() ||
         !flags.terms.empty();
}

Result<SignInBodies> bodies_of(const WhatIfOptions& options, const Tenant& tenant) {
  if (options.sign_in_files.empty()) {
    auto document = body_of(options.flags, tenant);
    if (!document) return tl::unexpected<Error>(document.error());
    SignInBodies bodies;
    bodies.bodies.push_back({{}, std::move(*document)});
    return bodies;
  }
  if (told_by_flags(options.flags)) {
    return fail(ErrorKind::invalid_argument,
                "give the sign-in either in a file or by flags, not both", "--sign-in");
  }
  SignInBodies all;
  for (const std::string& file : options.sign_in_files) {
    auto bodies = read_bodies(file);
    if (!bodies) return bodies;
    all.many = all.many || bodies->many || options.sign_in_files.size() > 1;
    for (SignInBody& body : bodies->bodies) all.bodies.push_back(std::move(body));
    for (Error& error : bodies->errors) all.errors.push_back(std::move(error));
  }
  return all;
}

Error placed(Error error, const std::string& where) {
  error.where = where.empty() ? flag_of(error.where)
                              : where + (error.where.empty() ? "" : ", at " + error.where);
  return error;
}

Exit one(const SignInBody& body, Judge& judge, const Tenant& tenant, Output& output,
         const ReportOptions& report_options) {
  auto report = judge.judge(body.document.root(), report_options.every_condition);
  if (!report) return could_not_run(placed(report.error(), body.where));
  report->where = body.where;
  output.write(render(*report, tenant, output.presentation(), report_options));
  return certainly_granted(*report) ? Exit::nothing_found : Exit::findings;
}

// JSON and JSON lines hold all of each answer; the other formats a row.
Exit many(const SignInBodies& bodies, Judge& judge, const Tenant& tenant, Output& output,
          const ReportOptions& report_options) {
  const Presentation& presentation = output.presentation();
  const bool full = presentation.format == Format::json || presentation.format == Format::jsonl;
  Presentation compact = presentation;
  compact.format = Format::jsonl;
  Progress progress("deciding", bodies.bodies.size());
  Exit exit = Exit::nothing_found;
  Table summary = summary_table();
  std::string separator = "[\n";
  for (const SignInBody& body : bodies.bodies) {
    progress.step();
    auto report = judge.judge(body.document.root(), report_options.every_condition);
    if (!report) {
      exit = could_not_run(placed(report.error(), body.where));
      continue;
    }
    report->where = body.where;
    if (!certainly_granted(*report)) exit = worse(exit, Exit::findings);
    if (!full) {
      add_to_summary(summary, *report, tenant);
      continue;
    }
    std::string line = render(*report, tenant, compact, report_options);
    if (presentation.format == Format::json) {
      line.pop_back();
      line = separator + line;
      separator = ",\n";
    }
    output.write(line);
  }
  if (!full) output.write(render(summary, presentation));
  if (presentation.format == Format::json) output.write(separator == "[\n" ? "[]\n" : "\n]\n");
  return exit;
}

// Policies do not ask, so the answer does not tell either.
void tell_if_disabled(const SignInFlags& flags, const Directory& directory) {
  if (flags.user.empty()) return;
  auto user = directory.find_user(UserId::of(flags.user));
  if (!user) user = directory.find_user_by_name(flags.user);
  if (!user || user->enabled) return;
  remark("the account `" + printable(flags.user) +
         "` is disabled in the directory: no door lets it in, whatever policies say");
}

}  // namespace

Exit answer(const WhatIfOptions& options, ReportOptions report_options) {
  auto output = Output::open(options.output);
  if (!output) return could_not_run(output.error());
  const auto now = now_of(options.now);
  if (!now) return could_not_run(now.error());
  const auto documents = load_for_decision(options.paths);
  if (!documents) return could_not_run(documents.error());
  const Tenant& tenant = documents->loaded.tenant;
  report_options.shortfall = documents->shortfall();
  if (!tenant.has_directory && !options.flags.user.empty() && options.flags.groups.empty()) {
    remark(
        "these documents hold no users and groups, so policies for certain people may apply or "
        "not: export them too, or give an object id with --group and --role");
  }
  const auto bodies = bodies_of(options, tenant);
  if (!bodies) return could_not_run(bodies.error());
  tell_if_disabled(options.flags, *tenant.directory);
  Exit exit = documents->exit;
  for (const Error& error : bodies->errors) exit = could_not_run(error);

  Judge judge(tenant, options.assume_absent ? Missing::absent : Missing::unknown, *now);
  exit = worse(exit, bodies->many
                         ? many(*bodies, judge, tenant, *output, report_options)
                         : one(bodies->bodies.front(), judge, tenant, *output, report_options));
  if (const auto finished = output->finish(); !finished) return could_not_run(finished.error());
  return exit;
}

Exit what_if(const WhatIfOptions& options) {
  ReportOptions report_options;
  report_options.applied_only = options.applied_only;
  return answer(options, report_options);
}

}  // namespace sallyport::cli
