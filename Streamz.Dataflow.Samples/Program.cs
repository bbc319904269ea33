using System.Runtime.InteropServices;
using System.Text;
using Spectre.Console;
using Streamz.Dataflow;
using Streamz.Dataflow.Samples.Running;

// A cluster starts this program again as its workers, which do nothing else, and leave signals to the process that has started them.
if (StreamzWorker.IsWorker(args))
{
    await StreamzWorker.RunAsync(args);
    return ExitCode.Success;
}

using var stopping = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

// A file or a pipe gets UTF-8 whatever the code page of the console is.
var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
using var output = Console.IsOutputRedirected
    ? new StreamWriter(Console.OpenStandardOutput(), utf8) { AutoFlush = true }
    : Console.Out;

var host = new SampleHost
{
    Output = output,
    Error = Console.Error,
    OpenInput = Console.OpenStandardInput,
    Screen = Console.IsOutputRedirected ? null : Interactive(Console.Out),
    ErrorScreen = Console.IsErrorRedirected ? null : Interactive(Console.Error),
    Stopping = stopping.Token,
};
return await SampleRunner.RunAsync(SampleCatalog.All, args, host);

static IAnsiConsole? Interactive(TextWriter writer)
{
    var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
    return console.Profile.Capabilities is { Interactive: true, Ansi: true } ? console : null;
}

void Stop(PosixSignalContext signal)
{
    // The first signal asks the sample to drain and end; a second one ends the process as it always would.
    signal.Cancel = !stopping.IsCancellationRequested;
    stopping.Cancel();
}
