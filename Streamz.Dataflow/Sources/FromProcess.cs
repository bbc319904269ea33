using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>Which output of a process a line was written to.</summary>
public enum ProcessOutput
{
    /// <summary>Standard output.</summary>
    Output,

    /// <summary>Standard error.</summary>
    Error,
}

/// <summary>A line that a process wrote.</summary>
/// <param name="Origin">Where the process wrote it.</param>
/// <param name="Text">The line, without its end.</param>
public sealed record ProcessLine(ProcessOutput Origin, string Text);

/// <summary>A process ended with an exit code that stands for a failure. The message ends with what it wrote last to standard error.</summary>
public sealed class ProcessFailedException : Exception
{
    internal ProcessFailedException(string fileName, int exitCode, string lastErrors)
        : base($"'{fileName}' ended with exit code {exitCode}.{(lastErrors.Length == 0 ? "" : $" It wrote: {lastErrors}")}")
    {
        ExitCode = exitCode;
    }

    /// <summary>The exit code.</summary>
    public int ExitCode { get; }
}

public static partial class StreamSource
{
    /// <summary>Runs a program, and emits the lines that it writes to standard output.</summary>
    /// <remarks>As for a <see cref="ProcessStartInfo"/>.</remarks>
    /// <param name="fileName">The program.</param>
    /// <param name="arguments">Its arguments, which need no quotes.</param>
    /// <param name="isSuccess">Says which exit codes are a good end. The default is null: 0 only.</param>
    /// <param name="maxLineLength">How many characters a line may have; at least 1. The default is 1,048,576.</param>
    /// <param name="options">The settings of the pipeline, if this source states them.</param>
    /// <returns>The stream of lines, without their ends.</returns>
    /// <exception cref="ArgumentException"><paramref name="fileName"/> is null or empty.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="arguments"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLineLength"/> is less than 1.</exception>
    public static Stream<string> FromProcess(
        string fileName,
        IEnumerable<string> arguments,
        Func<int, bool>? isSuccess = null,
        int maxLineLength = LineSplitter.DefaultMaxLength,
        StreamOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        ArgumentNullException.ThrowIfNull(arguments);
        return FromProcess(new ProcessStartInfo(fileName, arguments), isSuccess, maxLineLength, options);
    }

    /// <summary>Runs a program, and emits the lines that it writes to standard output.</summary>
    /// <remarks>
    /// <b>Order:</b> kept. <b>Buffering:</b> a block of 4 KB, the line being read, and one more. <b>Back-pressure:</b> while the pipeline is full the output is
    /// not read, so that the process comes to wait. <b>Completion:</b> ends when the process has ended; a last line need not be terminated. When the
    /// pipeline stops, the process and those that it started are killed. <b>Faults:</b> an exit code that is no success stops the pipeline with a
    /// <see cref="ProcessFailedException"/>, after all lines, and so do a program that cannot be started and a line that is too long;
    /// <see cref="GraphEditing.OnError{TStream}"/> may say otherwise, and a retry starts the program anew. Each run starts
    /// the program anew. Its standard input is empty; what it writes to standard error is read, and told only if it fails.
    /// </remarks>
    /// <param name="startInfo">The program and its surroundings, read at this call. Outputs are redirected, and no shell is used, whatever it says.</param>
    /// <param name="isSuccess">Says which exit codes are a good end. The default is null: 0 only.</param>
    /// <param name="maxLineLength">How many characters a line may have; at least 1. The default is 1,048,576.</param>
    /// <param name="options">The settings of the pipeline, if this source states them.</param>
    /// <returns>The stream of lines, without their ends.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="startInfo"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="startInfo"/> names no program.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLineLength"/> is less than 1.</exception>
    public static Stream<string> FromProcess(
        ProcessStartInfo startInfo,
        Func<int, bool>? isSuccess = null,
        int maxLineLength = LineSplitter.DefaultMaxLength,
        StreamOptions? options = null)
    {
        var settings = ProcessSettings.Of(startInfo, isSuccess, maxLineLength, "from_process");
        return new Stream<string>(new SourceNode<string>("from_process", () => new ProcessStage<string>(settings, line => line.Text, withErrors: false), options)
        {
            CanRestart = true,
            Details = Path.GetFileName(settings.StartInfo.FileName),
        });
    }

    /// <summary>Runs a program, and emits the lines that it writes to standard output and to standard error, with their origin.</summary>
    /// <remarks>As <see cref="FromProcess(ProcessStartInfo, Func{int, bool}?, int, StreamOptions?)"/>; order is kept within each of the two.</remarks>
    /// <param name="startInfo">The program and its surroundings, read at this call. Outputs are redirected, and no shell is used, whatever it says.</param>
    /// <param name="isSuccess">Says which exit codes are a good end. The default is null: 0 only.</param>
    /// <param name="maxLineLength">How many characters a line may have; at least 1. The default is 1,048,576.</param>
    /// <param name="options">The settings of the pipeline, if this source states them.</param>
    /// <returns>The stream of lines, without their ends.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="startInfo"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="startInfo"/> names no program.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLineLength"/> is less than 1.</exception>
    public static Stream<ProcessLine> FromProcessOutput(
        ProcessStartInfo startInfo,
        Func<int, bool>? isSuccess = null,
        int maxLineLength = LineSplitter.DefaultMaxLength,
        StreamOptions? options = null)
    {
        var settings = ProcessSettings.Of(startInfo, isSuccess, maxLineLength, "from_process_output");
        return new Stream<ProcessLine>(new SourceNode<ProcessLine>("from_process_output", () => new ProcessStage<ProcessLine>(settings, line => line, withErrors: true), options)
        {
            CanRestart = true,
            Details = Path.GetFileName(settings.StartInfo.FileName),
        });
    }

    private sealed record ProcessSettings(ProcessStartInfo StartInfo, Func<int, bool> IsSuccess, int MaxLineLength)
    {
        public static ProcessSettings Of(ProcessStartInfo startInfo, Func<int, bool>? isSuccess, int maxLineLength, string node)
        {
            ArgumentNullException.ThrowIfNull(startInfo);
            if (string.IsNullOrEmpty(startInfo.FileName))
            {
                throw new ArgumentException($"{node} was given a ProcessStartInfo without a FileName. Say which program to run.", nameof(startInfo));
            }

            ArgumentOutOfRangeException.ThrowIfLessThan(maxLineLength, 1);
            return new ProcessSettings(CopyOf(startInfo), isSuccess ?? (static code => code == 0), maxLineLength);
        }

        private static ProcessStartInfo CopyOf(ProcessStartInfo given)
        {
            var copy = new ProcessStartInfo(given.FileName, given.Arguments)
            {
                WorkingDirectory = given.WorkingDirectory,
                UserName = given.UserName,
                CreateNoWindow = given.CreateNoWindow,
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardOutputEncoding = given.StandardOutputEncoding ?? Encoding.UTF8,
                StandardErrorEncoding = given.StandardErrorEncoding ?? Encoding.UTF8,
            };
            foreach (var argument in given.ArgumentList)
            {
                copy.ArgumentList.Add(argument);
            }

            copy.Environment.Clear();
            foreach (var (name, value) in given.Environment)
            {
                copy.Environment[name] = value;
            }

            return copy;
        }
    }

    private sealed class ProcessStage<T>(ProcessSettings settings, Func<ProcessLine, T> select, bool withErrors) : SourceStage<T>
    {
        private const int BlockSize = 1 << 12;
        private const int KeptOfErrors = 2000;

        private Channel<ProcessLine> _lines = null!;
        private string _lastErrors = "";

        public override async Task RunAsync(SourceContext<T> context)
        {
            // Those of a program that has failed are over.
            (_lines, _lastErrors) = (Channel.CreateBounded<ProcessLine>(1), "");
            using var process = new Process { StartInfo = settings.StartInfo };
            process.Start();
            process.StandardInput.Close();
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.Stopping);
            var reading = Task.Run(() => ReadAsync(process, ending.Token));
            try
            {
                while (await context.AwaitAsync(_lines.Reader.WaitToReadAsync(context.Stopping)).ConfigureAwait(true))
                {
                    while (_lines.Reader.TryRead(out var line))
                    {
                        await context.EmitAsync(select(line)).ConfigureAwait(true);
                    }
                }

                await context.AwaitAsync(new ValueTask(process.WaitForExitAsync(context.Stopping))).ConfigureAwait(true);
                if (!settings.IsSuccess(process.ExitCode))
                {
                    throw new ProcessFailedException(settings.StartInfo.FileName, process.ExitCode, _lastErrors.Trim());
                }
            }
            finally
            {
                Kill(process);
                await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(true);
                await ending.CancelAsync().ConfigureAwait(true);
                await reading.ConfigureAwait(true);
                process.StandardOutput.Dispose();
                process.StandardError.Dispose();
            }
        }

        private static void Kill(Process process)
        {
            try
            {
                if (!process.HasExited)
                {
                    process.Kill(entireProcessTree: true);
                }
            }
            catch (Exception) when (process.HasExited)
            {
                // It ended by itself in the same moment.
            }
        }

        /// <summary>Reads both outputs to their ends; never fails.</summary>
        private async Task ReadAsync(Process process, CancellationToken ending)
        {
            try
            {
                await Task.WhenAll(
                    ReadLinesAsync(process.StandardOutput, ProcessOutput.Output, ending),
                    withErrors ? ReadLinesAsync(process.StandardError, ProcessOutput.Error, ending) : ReadErrorsAsync(process.StandardError, ending))
                    .WaitAsync(ending).ConfigureAwait(false);
                _lines.Writer.TryComplete();
            }
            catch (Exception failure)
            {
                _lines.Writer.TryComplete(failure);
            }
        }

        private async Task ReadLinesAsync(StreamReader output, ProcessOutput origin, CancellationToken ending)
        {
            try
            {
                var splitter = new LineSplitter(output.CurrentEncoding, null, settings.MaxLineLength);
                var block = new byte[BlockSize];
                string? line;
                while (await output.BaseStream.ReadAsync(block, ending).ConfigureAwait(false) is > 0 and var count)
                {
                    splitter.Append(block.AsSpan(0, count));
                    while (splitter.TryTake(out line))
                    {
                        await WriteAsync(line).ConfigureAwait(false);
                    }
                }

                if (splitter.TryTakeRest(out line))
                {
                    await WriteAsync(line).ConfigureAwait(false);
                }
            }
            catch (InvalidDataException failure)
            {
                // At once: the process may wait for the other output to be read, and never end it.
                _lines.Writer.TryComplete(failure);
            }

            ValueTask WriteAsync(string line)
            {
                if (origin == ProcessOutput.Error)
                {
                    KeepLast(line + "\n");
                }

                return _lines.Writer.WriteAsync(new ProcessLine(origin, line), ending);
            }
        }

        private async Task ReadErrorsAsync(StreamReader errors, CancellationToken ending)
        {
            var block = new char[BlockSize];
            while (await errors.ReadAsync(block, ending).ConfigureAwait(false) is > 0 and var count)
            {
                KeepLast(new string(block, 0, count));
            }
        }

        private void KeepLast(string errors)
        {
            var all = _lastErrors + errors;
            _lastErrors = all.Length <= KeptOfErrors ? all : all[^KeptOfErrors..];
        }
    }
}
