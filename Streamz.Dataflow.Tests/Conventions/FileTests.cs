using System.Text.RegularExpressions;

namespace Streamz.Dataflow.Tests.Conventions;

/// <summary>What a file of the library looks like.</summary>
[TestFixture]
internal sealed partial class FileTests
{
    private const int MaxLines = 400;

    private static readonly string[] s_packages =
    [
        .. Directory.EnumerateDirectories(Repository.Root, "Streamz.Dataflow*")
            .Select(path => Path.GetFileName(path)!)
            .Where(name => !name.EndsWith(".Tests", StringComparison.Ordinal)
                && !name.EndsWith(".Samples", StringComparison.Ordinal)
                && !name.EndsWith(".Benchmarks", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    private static IEnumerable<string> OperatorFiles =>
        new[] { "Sources", "Operators", "Sinks", "Bridges" }
            .SelectMany(folder => Repository.Files($"Streamz.Dataflow/{folder}", "*.cs"))
            .Select(file => Repository.Relative(file)["Streamz.Dataflow/".Length..]);

    [Test]
    public void Packages_AreFound() => Assert.That(s_packages, Does.Contain("Streamz.Dataflow"));

    /// <summary>Tests of its own, or its class of the laws suite, in the folder that mirrors its own.</summary>
    [TestCaseSource(nameof(OperatorFiles))]
    public void OperatorFile_HasItsTestFile(string file)
    {
        var tests = new[] { "Tests.cs", "Laws.cs" }.Select(end => Repository.PathTo("Streamz.Dataflow.Tests", file.Replace(".cs", end, StringComparison.Ordinal)));

        Assert.That(tests.Any(File.Exists), Is.True, $"One of {string.Join(", ", tests.Select(Repository.Relative))} must exist.");
    }

    [TestCaseSource(nameof(s_packages))]
    public void LibraryFiles_AreShort(string package)
    {
        var tooLong = Repository.Files(package, "*.cs")
            .Select(file => (file, Lines: File.ReadLines(file).Count()))
            .Where(entry => entry.Lines > MaxLines)
            .Select(entry => $"{Repository.Relative(entry.file)}: {entry.Lines} lines");

        Assert.That(tooLong, Is.Empty);
    }

    [TestCaseSource(nameof(s_packages))]
    public void LibraryFiles_HaveNoRegionsAndNothingLeftToDo(string package)
    {
        var found = Repository.Files(package, "*.cs")
            .SelectMany(file => File.ReadLines(file).Select((line, index) => (file, line, Number: index + 1)))
            .Where(entry => Unwanted().IsMatch(entry.line))
            .Select(entry => $"{Repository.Relative(entry.file)}({entry.Number}): {entry.line.Trim()}");

        Assert.That(found, Is.Empty);
    }

    [GeneratedRegex(@"^\s*#region|\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Unwanted();
}
