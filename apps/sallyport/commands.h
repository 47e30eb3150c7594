// The commands, a file each. Every one says what went wrong on standard error itself.
#pragma once

#include <string_view>

#include "command_tree.h"
#include "options.h"
#include "report.h"

namespace sallyport::cli {

Exit what_if(const WhatIfOptions& options);
Exit explain(const ExplainOptions& options);
// What the two share.
Exit answer(const WhatIfOptions& options, ReportOptions report_options);
Exit explain_recorded(const ExplainOptions& options);
Exit replay_logs(const ReplayOptions& options);
Exit anonymize(const AnonymizeOptions& options);
Exit lint(const LintOptions& options);
Exit gaps(const GapOptions& options);
Exit test(const TestOptions& options);
Exit generate_tests(const TestOptions& options);
Exit attack(const AttackOptions& options);
Exit diff(const DiffOptions& options);
Exit minimize(const MinimizeOptions& options);
Exit lockout(const LockoutOptions& options);
Exit lint_config(const LintConfigOptions& options);
Exit comply(const ComplyOptions& options);
Exit format(const FormatOptions& options);
Exit import_documents(const ImportFlags& flags);
Exit export_documents(const ExportFlags& flags);
Exit serve(const ServeFlags& flags);
Exit create_token(const TokenFlags& flags);
Exit list_tokens(const TokenFlags& flags);
Exit revoke_token(const TokenFlags& flags);
Exit create_enrol_token(const EnrolTokenFlags& flags);
Exit list_enrol_tokens(const EnrolTokenFlags& flags);
Exit revoke_enrol_token(const EnrolTokenFlags& flags);
Exit list_device_certificates(const DeviceFlags& flags);
Exit revoke_device(const DeviceFlags& flags);
Exit request_authority(const AuthorityFlags& flags);
Exit install_authority(const AuthorityFlags& flags);
Exit show_authority(const AuthorityFlags& flags);
Exit snippet(const SnippetFlags& flags);
Exit version();
Exit completion(std::string_view shell, const CommandTree& tree);
Exit manual(const CommandTree& tree);

}  // namespace sallyport::cli
