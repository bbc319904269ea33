using System.Security.Cryptography;
using System.Text;

namespace Streamz.Dataflow;

/// <summary>Keeps checkpoints in an SQLite file. Safe for concurrent callers.</summary>
/// <remarks>
/// <para>What was saved survives the death of the process and of the machine: the file has a write-ahead log, which is flushed to the disk at each save.</para>
/// <para>
/// A file may hold the checkpoints of several pipelines. Beside it lies a lock file for each, which the system unlocks when the process that uses the
/// pipeline dies. Locks are those of the file system: use a local one.
/// </para>
/// </remarks>
public sealed class SqliteCheckpointStore : ICheckpointStore
{
    private readonly string _path;

    /// <summary>Makes a store. The file is opened, and made if it is missing, when a pipeline starts.</summary>
    /// <param name="path">The path of the file, in a directory that exists.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    public SqliteCheckpointStore(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = Path.GetFullPath(path);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The file is not one of checkpoints, or was written by a later version.</exception>
    public ValueTask<ICheckpointSession> OpenAsync(string pipeline, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(pipeline);
        return new ValueTask<ICheckpointSession>(Task.Run<ICheckpointSession>(() => Open(pipeline), cancellationToken));
    }

    private SqliteCheckpointSession Open(string pipeline)
    {
        var claim = Lock(pipeline);
        try
        {
            return new SqliteCheckpointSession(_path, pipeline, claim);
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }

    private FileStream Lock(string pipeline)
    {
        // Names may be long, and hold what a path must not.
        var name = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(pipeline)))[..16];
        try
        {
            return new FileStream($"{_path}.{name}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken) when (taken is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            throw new CheckpointInUseException(
                $"The checkpoints of the pipeline '{pipeline}' in '{_path}' are in use by another run, here or in another process. Let that one end first, or give this one another name.",
                taken);
        }
    }
}
