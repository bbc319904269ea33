// Targets: Clean, Restore, Build, Test (default), Oracle, Broker, Redis, Postgres, Browser, Pack, Samples, Bench, Stress, Crash, Modes, Mutate.
//   ./build.sh --target=Bench --filter='*Map*'
//   ./build.sh --target=Stress --rounds=100000
//   ./build.sh --target=Crash --rounds=50
//   ./build.sh --target=Mutate --folder=Stages
using System.Xml.Linq;

var target = Argument("target", "Default");
var configuration = Argument("configuration", "Release");
var filter = Argument<string>("filter", null);
var rounds = Argument("rounds", target == "Crash" ? 50 : 10_000);
var folder = Argument("folder", "Operators");

const string Solution = "Streamz.Dataflow.sln";
const string TestProject = "Streamz.Dataflow.Tests";
const string SampleProject = "Streamz.Dataflow.Samples";
const string BenchmarkProject = "Streamz.Dataflow.Benchmarks";

var artifacts = Directory("artifacts");
var testResults = artifacts + Directory("test-results");

// Inherited by every process started from here: no build server outlives the build, the output is the same
// in a terminal and in a file.
foreach (var (name, value) in new[]
         {
             ("MSBUILDDISABLENODEREUSE", "1"),
             ("DOTNET_CLI_USE_MSBUILD_SERVER", "0"),
             ("UseSharedCompilation", "false"),
             ("MSBUILDTERMINALLOGGER", "off"),
         })
    System.Environment.SetEnvironmentVariable(name, value);

Task("Clean").Does(() =>
{
    CleanDirectory(artifacts);
    CleanDirectories("./Streamz.Dataflow*/bin");
    CleanDirectories("./Streamz.Dataflow*/obj");
    CleanDirectories("./docs/examples/*/bin");
    CleanDirectories("./docs/examples/*/obj");
});

Task("Restore").Does(() => DotNetRestore(Solution));

Task("Build").IsDependentOn("Restore").Does(() =>
    DotNetBuild(Solution, new DotNetBuildSettings { Configuration = configuration, NoRestore = true }));

Task("Test").IsDependentOn("Build").IsDependentOn("Oracle").IsDependentOn("Broker").IsDependentOn("Redis").IsDependentOn("Postgres").IsDependentOn("Browser").Does(() => RunTests());

// The tests compare us with python-streamz where it is installed. Only its package of the distribution is used: it is pinned there,
// and brings what it needs.
Task("Oracle").Does(() =>
{
    const string Package = "python3-streamz";
    var reason = InstallFromDistribution(Package, "/usr/bin/python3", "-c \"import streamz\"");
    if (reason is not null)
        Warning($"{Package} is not installed ({reason}): the tests that compare us with it are ignored.");
});

// The tests start servers of their own where the programs are installed.
Task("Broker").Does(() => InstallServer("mosquitto", "test -x /usr/sbin/mosquitto", "MQTT"));

Task("Redis").Does(() => InstallServer("redis-server", "test -x /usr/bin/redis-server", "clusters by Redis"));

// Debian keeps the programs of each version in a folder that is on no path.
Task("Postgres").Does(() => InstallServer("postgresql", "ls /usr/lib/postgresql/*/bin/postgres || command -v postgres", "clusters by PostgreSQL"));

// The tests of the dashboard look at its page in a browser, where there is one.
Task("Browser").Does(() =>
{
    const string Package = "chromium";
    var reason = InstallFromDistribution(Package, "/usr/bin/test", "-x /usr/bin/chromium");
    if (reason is not null)
        Warning($"{Package} is not installed ({reason}): the tests of the dashboard's page are ignored.");
});

Task("Stress").IsDependentOn("Build").Does(() => RunTests("TestCategory=Stress", settings =>
    settings.EnvironmentVariables["STREAMZ_STRESS_ROUNDS"] = $"{rounds}"));

// Kills a process that copies a million records, again and again.
Task("Crash").IsDependentOn("Build").Does(() => RunTests("TestCategory=Crash", settings =>
{
    settings.EnvironmentVariables["STREAMZ_CRASH_ROUNDS"] = $"{rounds}";
    settings.EnvironmentVariables["STREAMZ_CRASH_RECORDS"] = "1000000";
}));

// The same must come out however a pipeline runs: with a block for each node, and with one place in each queue. Tests of how it runs by default are left out.
Task("Modes").IsDependentOn("Build").DoesForEach(new[] { "unfused", "capacity-1" }, mode => RunTests(configure: settings =>
    settings.EnvironmentVariables["STREAMZ_TEST_MODE"] = mode)).DeferOnError();

Task("Pack").IsDependentOn("Build").Does(() =>
{
    EnsureDirectoryExists(artifacts);
    DeleteFiles($"{artifacts}/*.nupkg");
    DotNetPack(Solution, new DotNetPackSettings { Configuration = configuration, NoBuild = true, OutputDirectory = artifacts });
});

Task("Samples").IsDependentOn("Build").Does(() =>
    DotNetRun(SampleProject, "all", new DotNetRunSettings { Configuration = configuration, NoBuild = true }));

// Always Release: numbers of a Debug build mean nothing.
Task("Bench").IsDependentOn("Restore").Does(() =>
    DotNetRun(
        BenchmarkProject,
        filter is null ? "goals" : $"--filter \"{filter}\"",
        new DotNetRunSettings { Configuration = "Release", NoRestore = true }));

// Takes long: not part of the tests. The report is artifacts/mutation/<folder>/reports/mutation-report.html.
Task("Mutate").IsDependentOn("Restore").Does(() =>
{
    var arguments = new ProcessArgumentBuilder()
        .Append("stryker")
        .Append("--mutate").AppendQuoted($"{folder}/**/*.cs")
        .Append("--output").AppendQuoted($"{MakeAbsolute(artifacts)}/mutation/{folder}");
    // Each mutant runs the tests again: those that judge operators are enough, and fewer random inputs for their models.
    var settings = new ProcessSettings
    {
        Arguments = arguments,
        WorkingDirectory = TestProject,
        EnvironmentVariables = new Dictionary<string, string> { ["STREAMZ_MUTATION"] = "true", ["STREAMZ_PROPERTY_CASES"] = "50" },
    };
    if (StartProcess("dotnet", settings) != 0)
        throw new CakeException("Mutation testing failed.");
});

Task("Default").IsDependentOn("Restore").IsDependentOn("Build").IsDependentOn("Test");

RunTarget(target);

// The condition, of a shell, tells whether the server is there.
void InstallServer(string package, string condition, string tests)
{
    const string Shell = "/bin/sh";
    var arguments = $"-c \"{condition}\"";
    var wasThere = Succeeds(Shell, arguments);
    var reason = InstallFromDistribution(package, Shell, arguments);
    if (reason is not null)
        Warning($"{package} is not installed ({reason}): the tests of {tests} are ignored.");
    else if (!wasThere)
        // The package starts a server that serves the system, which nobody has asked for.
        Succeeds("systemctl", $"disable --now {package}");
}

// Null if the package is there in the end, which its check tells; else why not.
string InstallFromDistribution(string package, string check, string arguments)
{
    if (Succeeds(check, arguments))
        return null;
    if (!System.IO.File.Exists("/etc/debian_version"))
        return "this is not Debian or Ubuntu";
    if (System.Environment.UserName != "root")
        return $"only root can install it: apt-get install {package}";

    Information($"Installing {package} …");
    System.Environment.SetEnvironmentVariable("DEBIAN_FRONTEND", "noninteractive");
    var install = $"install -y --no-install-recommends {package}";
    if (!Succeeds("apt-get", install) && !(Succeeds("apt-get", "update") && Succeeds("apt-get", install)))
        return $"apt-get {install} failed";

    return Succeeds(check, arguments) ? null : $"{check} {arguments} fails although the package is installed";
}

bool Succeeds(string tool, string arguments)
{
    try
    {
        var settings = new ProcessSettings { Arguments = arguments, RedirectStandardOutput = true, RedirectStandardError = true, Silent = true, Timeout = 300_000 };
        return StartProcess(tool, settings, out _, out _) == 0;
    }
    catch (Exception)
    {
        return false;
    }
}

void RunTests(string testFilter = null, Action<DotNetTestSettings> configure = null)
{
    CleanDirectory(testResults);
    var exitCode = 0;
    var settings = new DotNetTestSettings
    {
        Configuration = configuration,
        NoBuild = true,
        Filter = testFilter,
        Loggers = ["console;verbosity=minimal", "trx"],
        ResultsDirectory = testResults,
        HandleExitCode = code => { exitCode = code; return true; },
    };
    configure?.Invoke(settings);
    DotNetTest(TestProject, settings);

    var (passed, failed, skipped) = CountResults();
    if (exitCode != 0 && failed == 0)
    {
        Error("The test run failed although no test reported it (did its process crash?): counted as one failure.");
        failed = 1;
    }

    // build.sh and build.ps1 repeat this line after Cake's table of durations.
    var summary = $"{passed} passed, {failed} failed" + (skipped > 0 ? $", {skipped} skipped" : "");
    System.IO.File.WriteAllText($"{testResults}/summary.txt", summary + "\n");
    Console.WriteLine(summary);

    if (failed > 0)
        throw new CakeException("Tests failed.");
    if (passed == 0)
        throw new CakeException("No test ran.");
}

(int Passed, int Failed, int Skipped) CountResults()
{
    // Outcomes are counted one by one: the counters in the head of a trx file leave skipped tests out.
    var outcomes = GetFiles($"{testResults}/**/*.trx")
        .SelectMany(file => XDocument.Load(file.FullPath).Descendants())
        .Where(element => element.Name.LocalName == "UnitTestResult")
        .Select(result => (string)result.Attribute("outcome"))
        .ToList();
    var passed = outcomes.Count(outcome => outcome == "Passed");
    var skipped = outcomes.Count(outcome => outcome is "NotExecuted" or "Inconclusive");
    return (passed, outcomes.Count - passed - skipped, skipped);
}
