#include <gtest/gtest.h>

#include "agent/collect.h"
#include "agent/debian_version.h"
#include "agent/test_tree.h"

namespace sallyport::agent {
namespace {

Instant now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

template <class Collector>
Readings read(const TestTree& tree, Collector collector) {
  Readings readings;
  collector(tree.root(), readings);
  return readings;
}

TEST(OperatingSystem, is_what_os_release_says) {
  TestTree tree;
  tree.file("/usr/lib/os-release", "NAME=\"Ubuntu\"\nID=ubuntu\nVERSION_ID=\"22.04\"\n")
      .file("/proc/sys/kernel/osrelease", "6.8.0-45-generic\n")
      .file("/proc/sys/kernel/hostname", "anna-laptop\n");
  const auto readings = read(tree, operating_system);
  EXPECT_EQ(told(readings, "operatingSystem"), "Linux");
  EXPECT_EQ(told(readings, "distribution"), "ubuntu");
  EXPECT_EQ(told(readings, "osVersion"), "22.04");
  EXPECT_EQ(told(readings, "kernelVersion"), "6.8.0-45-generic");
  EXPECT_EQ(told(readings, "deviceName"), "anna-laptop");
}

TEST(OperatingSystem, a_rolling_distribution_has_no_version) {
  TestTree tree;
  tree.file("/etc/os-release", "ID='arch'\nVERSION_ID=\n");
  const auto readings = read(tree, operating_system);
  EXPECT_EQ(told(readings, "distribution"), "arch");
  EXPECT_EQ(told(readings, "osVersion"), "unknown");
}

TEST(SecureBoot, is_the_variable_outside_setup_mode) {
  const std::string global = "-8be4df61-93ca-11d2-aa0d-00e098032b8c";
  const std::string folder = "/sys/firmware/efi/efivars/";
  const std::string on("\x06\0\0\0\x01", 5);
  const std::string off("\x06\0\0\0\0", 5);
  TestTree tree;
  EXPECT_EQ(told(read(tree, secure_boot), "secureBootEnabled"), "unknown");
  tree.folder("/sys/firmware/dmi");
  EXPECT_EQ(told(read(tree, secure_boot), "secureBootEnabled"), "false");
  tree.folder("/sys/firmware/efi");
  EXPECT_TRUE(told(read(tree, secure_boot), "secureBootEnabled").ends_with("are not mounted"));
  tree.file(folder + "SecureBoot" + global, on);
  EXPECT_EQ(told(read(tree, secure_boot), "secureBootEnabled"), "true");
  tree.file(folder + "SetupMode" + global, on);
  EXPECT_EQ(told(read(tree, secure_boot), "secureBootEnabled"), "false");
  tree.file(folder + "SetupMode" + global, off);
  EXPECT_EQ(told(read(tree, secure_boot), "secureBootEnabled"), "true");
  tree.file(folder + "SecureBoot" + global, off);
  EXPECT_EQ(told(read(tree, secure_boot), "secureBootEnabled"), "false");
  tree.file(folder + "SecureBoot" + global, "");
  EXPECT_TRUE(told(read(tree, secure_boot), "secureBootEnabled").starts_with("error: "));
}

TEST(Tpm, none_is_a_fact_and_a_strange_one_an_error) {
  TestTree tree;
  EXPECT_EQ(told(read(tree, tpm), "tpmVersion"), "unknown");
  tree.folder("/sys/class");
  EXPECT_EQ(told(read(tree, tpm), "tpmVersion"), "");
  tree.file("/sys/class/tpm/tpm0/tpm_version_major", "2\n");
  EXPECT_EQ(told(read(tree, tpm), "tpmVersion"), "2.0");
  tree.file("/sys/class/tpm/tpm0/tpm_version_major", "1\n");
  EXPECT_EQ(told(read(tree, tpm), "tpmVersion"), "1.2");
  tree.file("/sys/class/tpm/tpm0/tpm_version_major", "3\n");
  EXPECT_TRUE(told(read(tree, tpm), "tpmVersion").starts_with("error: "));
}

TEST(Hardware, makers_fillers_are_no_values) {
  TestTree tree;
  tree.file("/sys/class/dmi/id/sys_vendor", "LENOVO\n")
      .file("/sys/class/dmi/id/product_name", "21HM\n")
      .file("/sys/class/dmi/id/product_serial", "To be filled by O.E.M.\n");
  const auto readings = read(tree, hardware);
  EXPECT_EQ(told(readings, "manufacturer"), "LENOVO");
  EXPECT_EQ(told(readings, "model"), "21HM");
  EXPECT_EQ(told(readings, "serialNumber"), "unknown");
}

TEST(Hardware, an_arm_board_has_a_device_tree) {
  TestTree tree;
  tree.file("/proc/device-tree/model", std::string_view("Raspberry Pi 5\0", 15))
      .file("/proc/device-tree/serial-number", std::string_view("10abc\0", 6));
  const auto readings = read(tree, hardware);
  EXPECT_EQ(told(readings, "model"), "Raspberry Pi 5");
  EXPECT_EQ(told(readings, "serialNumber"), "10abc");
}

struct PasswordCase {
  const char* name;
  const char* pam;            // /etc/pam.d/common-password
  const char* configuration;  // /etc/security/pwquality.conf
  const char* expected;       // length digits lowercase uppercase symbols
};

constexpr PasswordCase password_cases[] = {
    {"debian_without_pwquality", "password [success=1 default=ignore] pam_unix.so obscure yescrypt",
     "minlen = 14", "0 0 0 0 0"},
    {"unix_minimum", "password required pam_unix.so minlen=10", "", "10 0 0 0 0"},
    {"pwquality_by_itself", "password requisite pam_pwquality.so retry=3", "", "8 0 0 0 0"},
    {"configured", "password requisite pam_pwquality.so retry=3",
     "minlen = 14\ndcredit = -2\nucredit=-1 # one\n", "14 2 0 1 0"},
    {"arguments_have_the_last_word", "password requisite pam_pwquality.so minlen=16 ocredit=-1",
     "minlen = 14\n", "16 0 0 0 1"},
    {"positive_credit_makes_shorter_ones_good", "password requisite pam_pwquality.so",
     "minlen = 14\ndcredit = 3\nlcredit = 1\n", "10 0 0 0 0"},
    {"never_below_six", "password requisite pam_pwquality.so", "minlen = 3\n", "6 0 0 0 0"},
    {"only_warns", "password requisite pam_pwquality.so", "minlen = 14\nenforcing = 0\n",
     "0 0 0 0 0"},
    {"commented_out", "# password requisite pam_pwquality.so minlen=14", "", "0 0 0 0 0"},
    {"optional_binds_nobody", "password optional pam_pwquality.so minlen=14", "", "0 0 0 0 0"},
    {"behind_a_sufficient_line",
     "password sufficient pam_sss.so\npassword requisite pam_pwquality.so minlen=14", "",
     "0 0 0 0 0"},
    {"control_with_blanks", "password [success=ok default=die] pam_pwquality.so minlen=12", "",
     "12 0 0 0 0"},
};

class PasswordPolicy : public testing::TestWithParam<PasswordCase> {};

TEST_P(PasswordPolicy, is_what_a_line_of_pam_demands) {
  TestTree tree;
  tree.file("/etc/pam.d/passwd", "@include common-password\n")
      .file("/etc/pam.d/common-password", GetParam().pam)
      .file("/etc/security/pwquality.conf", GetParam().configuration);
  const auto readings = read(tree, password_policy);
  std::string all = told(readings, "passwordMinimumLength");
  for (const auto* name : {"Digits", "Lowercase", "Uppercase", "Symbols"}) {
    all += " " + told(readings, std::string("passwordMinimum") + name);
  }
  EXPECT_EQ(all, GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(All, PasswordPolicy, testing::ValuesIn(password_cases),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(PasswordPolicyOf, red_hat_includes_another_way) {
  TestTree tree;
  tree.file("/etc/pam.d/passwd", "password\tsubstack\tsystem-auth\n")
      .file("/etc/pam.d/system-auth", "password requisite pam_pwquality.so local_users_only\n")
      .file("/etc/security/pwquality.conf.d/50-ours.conf", "minlen = 12\nminclass = 3\n");
  EXPECT_EQ(told(read(tree, password_policy), "passwordMinimumLength"), "12");
}

TEST(PasswordPolicyOf, a_circle_of_includes_is_an_error) {
  TestTree tree;
  tree.file("/etc/pam.d/passwd", "@include passwd\n");
  EXPECT_TRUE(told(read(tree, password_policy), "passwordMinimumLength").starts_with("error: "));
}

TEST(PasswordPolicyOf, without_pam_it_is_unknown) {
  EXPECT_EQ(told(read(TestTree(), password_policy), "passwordMinimumLength"), "unknown");
}

class ScreenLock : public testing::Test {
 protected:
  ScreenLock() {
    tree_.file("/etc/dconf/profile/user", "user-db:user\nsystem-db:local\n");
    keys("true", "uint32 300", "uint32 30");
    locks(
        "/org/gnome/desktop/screensaver/lock-enabled\n"
        "/org/gnome/desktop/screensaver/lock-delay\n/org/gnome/desktop/session/idle-delay\n");
  }
  void keys(const std::string& enabled, const std::string& idle, const std::string& delay) {
    tree_.file("/etc/dconf/db/local.d/00-lock",
               "[org/gnome/desktop/session]\nidle-delay=" + idle +
                   "\n[org/gnome/desktop/screensaver]\nlock-delay=" + delay +
                   "\nlock-enabled=" + enabled + "\n");
    tree_.file("/etc/dconf/db/local", "compiled");
  }
  void locks(const std::string& names) {
    tree_.file("/etc/dconf/db/local.d/locks/lock", names);
    tree_.file("/etc/dconf/db/local", "compiled");
  }
  std::string minutes() const { return told(read(tree_, screen_lock), "screenLockMinutes"); }
  TestTree tree_;
};

TEST_F(ScreenLock, idle_and_delay_add_up_to_whole_minutes) {
  EXPECT_EQ(minutes(), "6");
  keys("true", "600", "0");
  EXPECT_EQ(minutes(), "10");
}

TEST_F(ScreenLock, never_idle_or_switched_off_never_locks) {
  keys("true", "uint32 0", "uint32 0");
  EXPECT_EQ(minutes(), "0");
  keys("false", "uint32 300", "uint32 0");
  EXPECT_EQ(minutes(), "0");
}

TEST_F(ScreenLock, what_a_user_may_change_is_unknown) {
  locks("/org/gnome/desktop/screensaver/lock-enabled\n");
  EXPECT_EQ(minutes(), "unknown");
  locks("");
  EXPECT_EQ(minutes(), "unknown");
}

TEST_F(ScreenLock, a_text_that_was_not_compiled_is_an_error) {
  std::filesystem::last_write_time(
      tree_.at("/etc/dconf/db/local"),
      std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
  EXPECT_TRUE(minutes().ends_with("was changed after the last `dconf update`")) << minutes();
}

TEST(DebianVersions, are_ordered_by_policy) {
  const char* ordered[] = {"1.0~rc1-1",      "1.0-1",  "1.0-1+deb12u1", "1.0-1+deb12u2",
                           "1.0-1+deb12u10", "1.0a-1", "1.0+git1-1",    "1.1-1~bpo1",
                           "1.1-1",          "1.10-1", "1:0.1-1"};
  for (std::size_t i = 0; i < std::size(ordered); ++i) {
    for (std::size_t j = 0; j < std::size(ordered); ++j) {
      EXPECT_EQ(compare_debian_versions(ordered[i], ordered[j]), i <=> j)
          << ordered[i] << " and " << ordered[j];
    }
  }
  EXPECT_EQ(compare_debian_versions("0:1.0-0", "1.00"), std::strong_ordering::equal);
}

class SecurityUpdates : public testing::Test {
 protected:
  static std::string stanza(const std::string& name, const std::string& version,
                            const std::string& more = {}) {
    return "Package: " + name + "\n" + more + "Architecture: amd64\nVersion: " + version + "\n\n";
  }
  SecurityUpdates() {
    const std::string ok = "Status: install ok installed\n";
    tree_.file("/var/lib/dpkg/status",
               stanza("openssl", "3.0.11-1", ok) + stanza("curl", "7.88.1-10+deb12u5", ok) +
                   stanza("old", "1.0", "Status: deinstall ok config-files\n"));
  }
  std::string pending(Instant at = now()) {
    Readings readings;
    security_updates(tree_.root(), at, readings);
    return told(readings, "pendingSecurityUpdates");
  }
  const std::string list_ =
      "/var/lib/apt/lists/security.debian.org_debian-security_dists_bookworm-security_main_"
      "binary-amd64_Packages";
  TestTree tree_;
};

TEST_F(SecurityUpdates, are_newer_versions_of_what_is_installed) {
  tree_.file(list_, stanza("openssl", "3.0.11-1~deb12u2") + stanza("curl", "7.88.1-10+deb12u10") +
                        stanza("old", "2.0") + stanza("other", "1.0"));
  EXPECT_EQ(pending(), "1");
  tree_.file("/var/lib/apt/lists/deb.debian.org_debian_dists_bookworm_main_binary-amd64_Packages",
             stanza("openssl", "9.0"));
  EXPECT_EQ(pending(), "1");
  tree_.file(
      "/var/lib/apt/lists/archive.ubuntu.com_ubuntu_dists_jammy-security_main_binary-amd64_"
      "Packages",
      stanza("openssl", "3.0.11-2") + stanza("openssl", "3.0.11-3"));
  EXPECT_EQ(pending(), "2");
}

TEST_F(SecurityUpdates, lists_that_are_missing_old_or_compressed_tell_nothing) {
  EXPECT_TRUE(pending().starts_with("error: ")) << pending();
  tree_.file(list_, "");
  EXPECT_EQ(pending(), "0");
  EXPECT_TRUE(pending(now() + std::chrono::days(8)).ends_with("run `apt-get update`"));
  tree_.file(list_ + ".lz4", "");
  EXPECT_TRUE(pending().ends_with("is compressed"));
}

TEST_F(SecurityUpdates, without_dpkg_they_are_unknown) {
  std::filesystem::remove(tree_.at("/var/lib/dpkg/status"));
  EXPECT_EQ(pending(), "unknown");
}

}  // namespace
}  // namespace sallyport::agent
