#include "service/analysis_jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "store/sqlite/sqlite_store.h"
#include "store/temporary_folder.h"

namespace sallyport {
namespace {

using testing::HasSubstr;

template <class Test>
bool wait_until(Test test) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (std::chrono::steady_clock::now() < until) {
    if (test()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

// Jobs whose program is a script: what becomes of them hangs on nothing else.
class AnalysisJobsTest : public testing::Test {
 protected:
  AnalysisJobsTest() : store_(open_sqlite_store(folder_.file("sallyport.db")).value()) {
    EXPECT_TRUE(store_->put("user", "a", R"({"id":"a","userPrincipalName":"a@example.org"})"));
    EXPECT_TRUE(store_->put("sallyport.token", "t", R"({"id":"t","hash":"secret"})"));
    options_.now = [] { return Instant{}; };
  }

  void program(const std::string& script) {
    options_.program = folder_.file("program");
    std::ofstream(options_.program) << "#!/bin/sh\n" << script << '\n';
    std::filesystem::permissions(options_.program, std::filesystem::perms::owner_all);
    jobs_ = std::make_unique<AnalysisJobs>(*store_, options_);
  }

  std::string start(AnalysisKind kind = AnalysisKind::gaps) {
    AnalysisRequest request;
    request.kind = kind;
    if (kind == AnalysisKind::diff) request.documents = R"([{"id":"p"}])";
    const auto job = jobs_->start(std::move(request), "Ada");
    return job ? job->id : describe(job.error());
  }
  AnalysisJob job(const std::string& id) { return jobs_->find(id).value(); }
  AnalysisJob finished(const std::string& id) {
    EXPECT_TRUE(wait_until([&] { return is_over(job(id).state); }));
    return job(id);
  }

  TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
  AnalysisOptions options_;
  std::unique_ptr<AnalysisJobs> jobs_;
};

TEST_F(AnalysisJobsTest, give_what_the_program_prints_and_say_how_far_it_is) {
  program("echo 'proving 1 3' >&5; read _ < " + folder_.file("go") +
          "; echo \"[\\\"$*\\\"]\"; exit 1");
  ASSERT_EQ(std::system(("mkfifo " + folder_.file("go")).c_str()), 0);
  const auto id = start();
  EXPECT_TRUE(wait_until([&] { return job(id).total == 3; }));
  EXPECT_EQ(job(id).done, 1U);
  EXPECT_EQ(job(id).state, AnalysisState::running);
  std::ofstream(folder_.file("go")) << "\n";
  const auto done = finished(id);
  ASSERT_EQ(done.state, AnalysisState::succeeded) << done.problem;
  EXPECT_EQ(*done.result, "[\"gaps - --format=json\"]\n");
}

TEST_F(AnalysisJobsTest, hand_over_the_documents_and_no_secret) {
  program("printf '[%s]' \"$(cat)\"");
  EXPECT_EQ(*finished(start()).result, R"([{"id":"a","userPrincipalName":"a@example.org"}])");
}

TEST_F(AnalysisJobsTest, hand_over_what_would_change) {
  program("printf '[%s,%s,\"%s\"]' \"$(cat /dev/fd/3)\" \"$(cat /dev/fd/4)\" \"$2\"");
  EXPECT_EQ(*finished(start(AnalysisKind::diff)).result, R"([[],[{"id":"p"}],"/dev/fd/3"])");
}

TEST_F(AnalysisJobsTest, that_cannot_be_run_say_why) {
  program("echo first >&2; echo 'sallyport: the reason' >&2; exit 2");
  const auto failed = finished(start());
  EXPECT_EQ(failed.state, AnalysisState::failed);
  EXPECT_EQ(failed.problem, "sallyport: the reason");
  program("echo no json");
  EXPECT_THAT(finished(start()).problem, HasSubstr("no JSON"));
  program("kill -9 $$");
  EXPECT_EQ(finished(start()).state, AnalysisState::failed);
}

TEST_F(AnalysisJobsTest, run_one_at_a_time_and_few_wait) {
  options_.waiting_max = 2;
  program("exec sleep 100");
  const auto first = start();
  EXPECT_TRUE(wait_until([&] { return job(first).state == AnalysisState::running; }));
  const auto second = start(), third = start();
  EXPECT_THAT(start(), HasSubstr("2 analyses are waiting already"));
  EXPECT_EQ(job(second).state, AnalysisState::not_started);
  EXPECT_TRUE(jobs_->cancel(second));
  EXPECT_TRUE(jobs_->cancel(first));
  EXPECT_EQ(job(first).state, AnalysisState::cancelled);
  EXPECT_TRUE(wait_until([&] { return job(third).state == AnalysisState::running; }));
  EXPECT_EQ(job(second).state, AnalysisState::cancelled);
  EXPECT_TRUE(jobs_->cancel(first)) << "twice is no error";
  jobs_.reset();  // ends the third; or this test would take as long as it
}

TEST_F(AnalysisJobsTest, end_when_they_take_too_long) {
  options_.patience = std::chrono::seconds(0);
  program("exec sleep 100");
  EXPECT_THAT(finished(start()).problem, HasSubstr("not done after 0 seconds"));
}

TEST_F(AnalysisJobsTest, are_forgotten_the_oldest_first) {
  options_.kept_max = 2;
  options_.waiting_max = 1;
  program("echo '[]'");
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    ids.push_back(start());
    finished(ids.back());
  }
  EXPECT_FALSE(jobs_->find(ids.front()));
  EXPECT_TRUE(jobs_->find(ids.back()));
  EXPECT_LE(jobs_->all().size(), 3U);
}

TEST_F(AnalysisJobsTest, need_a_program) {
  jobs_ = std::make_unique<AnalysisJobs>(*store_, options_);
  EXPECT_THAT(start(), HasSubstr("no program"));
}

}  // namespace
}  // namespace sallyport
