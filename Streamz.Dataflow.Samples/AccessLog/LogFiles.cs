namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>The logs that the command line names, <c>-</c> being standard input.</summary>
internal sealed class LogFiles(IReadOnlyList<string> paths, Func<Stream> openInput)
{
    private const string StandardInput = "-";

    public IReadOnlyList<string> Paths { get; } = paths;

    /// <summary>The bytes of all logs together; null where one of them does not say.</summary>
    public long? TotalLength()
    {
        var total = 0L;
        foreach (var path in Paths)
        {
            if (path == StandardInput || new FileInfo(path).Attributes.HasFlag(FileAttributes.Device))
            {
                return null;
            }

            total += new FileInfo(path).Length;
        }

        return total;
    }

    /// <summary>Refuses what is not there before anything is read: a mistake in the last of many names shows at once.</summary>
    /// <exception cref="LogFileException">A file is missing.</exception>
    public void EnsureExist()
    {
        foreach (var path in Paths.Where(path => path != StandardInput))
        {
            if (Directory.Exists(path))
            {
                throw new LogFileException(path, "is a directory");
            }

            if (!File.Exists(path))
            {
                throw new LogFileException(path, "no such file");
            }
        }
    }

    /// <exception cref="LogFileException">The file cannot be opened.</exception>
    public Stream Open(string path)
    {
        if (path == StandardInput)
        {
            return openInput();
        }

        try
        {
            // A log is written to while it is read, and rotated; the blocks that are read are larger than any buffer here.
            return new FileStream(path, new FileStreamOptions
            {
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.SequentialScan,
                BufferSize = 0,
            });
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new LogFileException(path, failure.Message, failure);
        }
    }
}
