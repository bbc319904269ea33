using System.Text;
using Streamz.Dataflow.Samples.Running;

namespace Streamz.Dataflow.Tests.Samples;

/// <summary>A sample that is run with its output caught.</summary>
internal sealed record SampleRun(int ExitCode, string Output, string Error)
{
    public static async Task<SampleRun> OfAsync(IReadOnlyList<string> arguments, string input = "", Func<SampleHost, SampleHost>? change = null)
    {
        // The emitter and the pipeline write at the same time.
        using var output = new StringWriter();
        using var error = new StringWriter();
        var host = new SampleHost
        {
            Output = TextWriter.Synchronized(output),
            Error = TextWriter.Synchronized(error),
            OpenInput = () => new MemoryStream(Encoding.Latin1.GetBytes(input)),
        };
        var exitCode = await SampleRunner.RunAsync(SampleCatalog.All, arguments, change?.Invoke(host) ?? host).WaitAsync(TimeSpan.FromSeconds(30));
        return new SampleRun(exitCode, output.ToString(), error.ToString());
    }
}
