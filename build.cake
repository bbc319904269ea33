// Targets: Clean, Restore, Build, Test (default), Pack, Samples, Bench, Stress.
//   ./build.sh --target=Bench --filter='*Map*'
//   ./build.sh --target=Stress --rounds=100000
using System.Xml.Linq;

var target = Argument("target", "Default");
var configuration = Argument("configuration", "Release");
var filter = Argument("filter", "*");
var rounds = Argument("rounds", 10_000);

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

Task("Test").IsDependentOn("Build").Does(() => RunTests());

Task("Stress").IsDependentOn("Build").Does(() => RunTests("TestCategory=Stress", settings =>
    settings.EnvironmentVariables["STREAMZ_STRESS_ROUNDS"] = $"{rounds}"));

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
    DotNetRun(BenchmarkProject, $"--filter \"{filter}\"", new DotNetRunSettings { Configuration = "Release", NoRestore = true }));

Task("Default").IsDependentOn("Restore").IsDependentOn("Build").IsDependentOn("Test");

RunTarget(target);

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
