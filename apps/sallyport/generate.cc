// `sallyport test --generate`: tests that notice any single change of the policies, as a file of
// expectations.
#include "analysis/proof/generate.h"

#include "analysis/proof/expectation_file.h"
#include "analysis/proof/prover.h"
#include "commands.h"
#include "labelled_text.h"
#include "words.h"

namespace sallyport::cli {
namespace {

std::string remark_of(const proof::GeneratedTests& made, const proof::Universe& universe,
                      const ProofInput& input) {
  const Names& names = input.tenant().names;
  std::string out =
      "Written by sallyport test --generate. Each test records what the policies "
      "decided when it was written.\n";
  out += count_of(made.mutations, "single edit of the policies was",
                  "single edits of the policies "
                  "were") +
         " tried: " + std::to_string(made.noticed) + " would be noticed, " +
         std::to_string(made.change_nothing.size()) + " change for nobody whether they get in, " +
         std::to_string(made.given_up.size()) + " were given up.\n";
  const auto list = [&](const std::vector<std::string>& edits, const std::string& title) {
    if (edits.empty()) return;
    out += "\n" + title + "\n";
    for (const std::string& edit : edits) out += "  " + with_names(edit, names) + '\n';
  };
  list(made.change_nothing, "These edits change nothing, so what they touch is redundant:");
  list(made.given_up, "Too large to find out, so no test is for them:");
  for (const std::string& note : input.notes(universe.notes())) out += "\nNote: " + note + '\n';
  return out;
}

}  // namespace

Exit generate_tests(const TestOptions& options) {
  if (options.output.format != "table") {
    return could_not_run({ErrorKind::invalid_argument,
                          "generated tests are a file of TOML; leave --format out", "--format"});
  }
  auto input = ProofInput::read(options.input);
  if (!input) return could_not_run(input.error());
  const Tenant& tenant = input->tenant();
  auto output = Output::open(options.output);
  if (!output) return could_not_run(output.error());
  const PolicySet variants = proof::variants_of(tenant.policy_set, tenant.names);
  const auto prover = proof::Prover::of(tenant, {}, &variants);
  if (!prover) return could_not_run(prover.error());
  auto& p = **prover;
  const auto made = proof::generate_tests(p.encoding, *p.program, p.solver);
  if (!made) return could_not_run(made.error());
  output->write(proof::write_expectations(made->tests, remark_of(*made, p.universe, *input)));
  if (const auto finished = output->finish(); !finished) return could_not_run(finished.error());
  if (!options.output.file.empty() && options.output.file != "-") {
    remark(count_of(made->tests.size(), "test", "tests") + " written to " + options.output.file +
           ": of " + count_of(made->mutations, "single edit", "single edits") + ' ' +
           std::to_string(made->noticed) + " would be noticed, " +
           std::to_string(made->change_nothing.size()) + " change nothing, " +
           std::to_string(made->given_up.size()) + " were given up");
  }
  return made->given_up.empty() ? input->exit() : worse(input->exit(), Exit::findings);
}

}  // namespace sallyport::cli
