using System.Reflection;
using PublicApiGenerator;

namespace Streamz.Dataflow.Tests.Conventions;

/// <summary>
/// The public API of each package is a text that is reviewed. To accept a change, run the tests with STREAMZ_APPROVE=1 and look at
/// the difference before committing it.
/// </summary>
[TestFixture]
internal sealed class PublicApiTests
{
    private static readonly ApiGeneratorOptions s_options = new()
    {
        IncludeAssemblyAttributes = false,

        // Blazor makes components public, and Orleans codecs, and find them by reflection: nobody is meant to use them.
        DenyNamespacePrefixes = ["Streamz.Dataflow.Dashboard.Components", "OrleansCodeGen"],
        ExcludeAttributes = ["System.Runtime.CompilerServices.AsyncStateMachineAttribute", "System.Runtime.CompilerServices.IteratorStateMachineAttribute"],
    };

    [TestCase("Streamz.Dataflow")]
    [TestCase("Streamz.Dataflow.AspNetCore")]
    [TestCase("Streamz.Dataflow.Dashboard")]
    [TestCase("Streamz.Dataflow.Hosting")]
    [TestCase("Streamz.Dataflow.Mqtt")]
    [TestCase("Streamz.Dataflow.Orleans")]
    [TestCase("Streamz.Dataflow.Sqlite")]
    [TestCase("Streamz.Dataflow.Testing")]
    public void PublicApi_IsWhatWasApproved(string package)
    {
        var file = Repository.PathTo(package, "PublicApi.txt");
        var api = Assembly.Load(package).GeneratePublicApi(s_options).ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable("STREAMZ_APPROVE") == "1")
        {
            File.WriteAllText(file, api);
        }

        var approved = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";

        Assert.That(api, Is.EqualTo(approved), "Run the tests with STREAMZ_APPROVE=1 to accept the change, and review the difference.");
    }
}
