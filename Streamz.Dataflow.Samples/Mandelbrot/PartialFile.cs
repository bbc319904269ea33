namespace Streamz.Dataflow.Samples.Mandelbrot;

/// <summary>A file that gets its name when it is complete, and is deleted if that never happens.</summary>
internal sealed class PartialFile : IDisposable
{
    private readonly string _path;
    private readonly string _partial;
    private bool _isComplete;

    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The file must not be made.</exception>
    public PartialFile(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException($"'{path}' is a directory.");
        }

        // In the same directory: a move to another disk would be a copy, and could be interrupted.
        (_path, _partial) = (path, path + ".part");
        Content = new FileStream(_partial, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 16, useAsync: true);
    }

    public FileStream Content { get; }

    /// <summary>Gives the file its name.</summary>
    /// <returns>Its length.</returns>
    public async Task<long> CompleteAsync()
    {
        await Content.FlushAsync();
        var length = Content.Length;
        await Content.DisposeAsync();
        File.Move(_partial, _path, overwrite: true);
        _isComplete = true;
        return length;
    }

    public void Dispose()
    {
        Content.Dispose();
        if (!_isComplete)
        {
            File.Delete(_partial);
        }
    }
}
