using System.IO.Enumeration;
using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

public static partial class StreamSource
{
    private const int DefaultMaxNames = 1_000_000;

    private static readonly TimeSpan s_defaultPollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Emits the paths of the files in a directory, or of those that a pattern matches: those that are there, and then those that come.</summary>
    /// <remarks>
    /// <b>Order:</b> at each look those that are new, by ordinal comparison of their paths. <b>Buffering:</b> the names of the files that are there now, at
    /// most <paramref name="maxNames"/>, so that each is emitted once; a name that is gone is forgotten, and is new if it comes again.
    /// <b>Back-pressure:</b> while the pipeline is full the directory is not looked at. <b>Completion:</b> ends when the pipeline stops.
    /// <b>Faults:</b> a directory that is missing or cannot be read, or has more files than that, stops the pipeline, unless
    /// <see cref="GraphEditing.OnError{TStream}"/> says otherwise; a retry looks again. Each run begins with the files
    /// that are there. A name is emitted when it is seen, even if the file is still being written: write it elsewhere and move it in.
    /// </remarks>
    /// <param name="path">
    /// A directory, or a directory followed by a file name with wildcards, as in <c>inbox/*.json</c>; <c>*</c> stands for any characters and <c>?</c> for
    /// one. Directories in it are neither entered nor emitted.
    /// </param>
    /// <param name="pollInterval">The time between two looks, by the clock of the pipeline; more than zero. The default is null: 100 ms.</param>
    /// <param name="maxNames">How many files there may be at once; at least 1. The default is 1,000,000.</param>
    /// <param name="options">The settings of the pipeline, if this source states them.</param>
    /// <returns>The stream of paths; each begins with the directory as it was given.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty, or has wildcards in the name of a directory.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="pollInterval"/> is not more than zero, or <paramref name="maxNames"/> is less than 1.</exception>
    public static Stream<string> FromFileNames(string path, TimeSpan? pollInterval = null, int maxNames = DefaultMaxNames, StreamOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var interval = pollInterval ?? s_defaultPollInterval;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero, nameof(pollInterval));
        ArgumentOutOfRangeException.ThrowIfLessThan(maxNames, 1);
        var (directory, pattern) = SplitPattern(path);
        return new Stream<string>(new SourceNode<string>("from_file_names", () => new FileNamesStage(directory, pattern, interval, maxNames), options)
        {
            CanRestart = true,
            Details = path,
        });
    }

    private static (string Directory, string Pattern) SplitPattern(string path)
    {
        var name = Path.GetFileName(path);
        var (directory, pattern) = HasWildcards(name) ? (Path.GetDirectoryName(path) ?? "", name) : (path, "*");
        if (HasWildcards(directory))
        {
            throw new ArgumentException(
                $"from_file_names looks into one directory, but '{path}' has wildcards in the name of a directory. Use a source for each and join them with Union.", nameof(path));
        }

        return (directory, pattern);
    }

    private static bool HasWildcards(string name) => name.AsSpan().ContainsAny('*', '?');

    private sealed class FileNamesStage(string directory, string pattern, TimeSpan interval, int maxNames) : SourceStage<string>
    {
        private HashSet<string> _known = [];

        public override async Task RunAsync(SourceContext<string> context)
        {
            while (true)
            {
                var present = Look();
                foreach (var name in present.Except(_known).Order(StringComparer.Ordinal))
                {
                    await context.EmitAsync(Path.Combine(directory, name)).ConfigureAwait(true);
                }

                _known = present;
                await context.WaitAsync(interval).ConfigureAwait(true);
            }
        }

        private HashSet<string> Look()
        {
            var names = new FileSystemEnumerable<string>(
                directory.Length == 0 ? "." : directory,
                static (ref FileSystemEntry entry) => entry.FileName.ToString(),
                new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false })
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory && FileSystemName.MatchesSimpleExpression(pattern, entry.FileName, ignoreCase: false),
            };

            var present = new HashSet<string>();
            foreach (var name in names)
            {
                if (present.Add(name) && present.Count > maxNames)
                {
                    throw new InvalidOperationException(
                        $"There are more than {maxNames} files that match '{pattern}' in '{directory}'. Move those that are done away, or raise maxNames of FromFileNames.");
                }
            }

            return present;
        }
    }
}
