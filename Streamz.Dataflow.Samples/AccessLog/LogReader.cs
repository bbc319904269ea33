using System.Runtime.CompilerServices;

namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>Reads logs, one after the other, in blocks of whole lines. A line ends at a line feed and nowhere else.</summary>
/// <remarks>
/// Blocks, because a queue between threads is paid for once a block and not once a line; bytes, because making text of them
/// is work for the parallel part. Memory does not grow with the log: a line longer than <see cref="LongestLine"/> is kept
/// only so far, and is malformed.
/// </remarks>
internal sealed class LogReader(LogFiles files, int blockSize = LogReader.DefaultBlockSize, int longestLine = LogReader.LongestLine)
{
    public const int DefaultBlockSize = 1 << 19;
    public const int LongestLine = 1 << 24;

    private long _bytesRead;
    private long _linesRead;

    public long BytesRead => Volatile.Read(ref _bytesRead);

    public long LinesRead => Volatile.Read(ref _linesRead);

    public async IAsyncEnumerable<LineBlock> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var blocks = new LineBlockBuilder(blockSize, longestLine);
        foreach (var path in files.Paths)
        {
            await using var file = files.Open(path);
            for (var read = 1; read > 0;)
            {
                read = await ReadAsync(file, path, blocks.Free, cancellationToken);
                var block = read > 0 ? blocks.Add(read) : blocks.EndFile();
                Volatile.Write(ref _bytesRead, _bytesRead + read);
                Volatile.Write(ref _linesRead, blocks.Lines);
                if (block is { } lines)
                {
                    yield return lines;
                }
            }
        }
    }

    private static async Task<int> ReadAsync(Stream file, string path, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await file.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException failure)
        {
            throw new LogFileException(path, failure.Message, failure);
        }
    }
}
