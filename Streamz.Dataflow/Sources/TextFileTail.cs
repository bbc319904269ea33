using Microsoft.Win32.SafeHandles;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>Where a text file is, and how it is read.</summary>
internal sealed record TextFileTailSettings(string Path, bool Follow, bool FromEnd, TimeSpan Interval);

/// <summary>Reads a text file to its end, and follows it from there, through rotation and truncation.</summary>
internal sealed class TextFileTail(TextFileTailSettings settings, LineSplitter lines) : SourceStage<string>
{
    private const int BlockSize = 1 << 14;
    private const int ComparedBytes = 256;

    private readonly byte[] _block = new byte[BlockSize];
    private long _position;
    private bool _hasBegun;

    public override async Task RunAsync(SourceContext<string> context)
    {
        var file = settings.Follow ? OpenIfThere() : Open();
        SafeFileHandle? next = null;
        try
        {
            if (!_hasBegun)
            {
                _position = settings.FromEnd && file is not null ? RandomAccess.GetLength(file) : 0;
                _hasBegun = true;
            }

            while (true)
            {
                if (file is not null)
                {
                    await ReadToEndAsync(file, context).ConfigureAwait(true);
                    if (!settings.Follow)
                    {
                        await EmitRestAsync(context).ConfigureAwait(true);
                        return;
                    }
                }

                var isShorter = file is not null && RandomAccess.GetLength(file) < _position;
                if (next is not null || isShorter)
                {
                    await EmitRestAsync(context).ConfigureAwait(true);
                    _position = 0;
                    if (next is not null)
                    {
                        file?.Dispose();
                        (file, next) = (next, null);
                    }

                    continue;
                }

                next = FindSuccessor(file);
                if (file is null && next is not null)
                {
                    (file, next) = (next, null);
                    continue;
                }

                await context.WaitAsync(settings.Interval).ConfigureAwait(true);
            }
        }
        finally
        {
            file?.Dispose();
            next?.Dispose();
        }
    }

    private async ValueTask ReadToEndAsync(SafeFileHandle file, SourceContext<string> context)
    {
        // Not awaited as something outside: a read ends by itself, and the pipeline is not at rest before it has.
        while (await RandomAccess.ReadAsync(file, _block, _position, context.Stopping).ConfigureAwait(true) is > 0 and var count)
        {
            _position += count;
            lines.Append(_block.AsSpan(0, count));
            while (lines.TryTake(out var line))
            {
                await context.EmitAsync(line).ConfigureAwait(true);
            }
        }
    }

    private async ValueTask EmitRestAsync(SourceContext<string> context)
    {
        if (lines.TryTakeRest(out var line))
        {
            await context.EmitAsync(line).ConfigureAwait(true);
        }
    }

    /// <summary>Opens the file that has taken the path, if it is another one than that which is being read.</summary>
    private SafeFileHandle? FindSuccessor(SafeFileHandle? current)
    {
        var found = OpenIfThere();
        if (found is null || current is null || !IsSame(current, found))
        {
            return found;
        }

        found.Dispose();
        return null;
    }

    /// <remarks>
    /// There is no portable identity of files. Two handles of one file tell the same at the same moment; what is being changed
    /// meanwhile counts as the same, and is looked at again.
    /// </remarks>
    private static bool IsSame(SafeFileHandle current, SafeFileHandle found)
    {
        var before = FileStamp.Of(current);
        var differs = FileStamp.Of(found) != before || !BeginAlike(current, found);
        return !differs || FileStamp.Of(current) != before;
    }

    private static bool BeginAlike(SafeFileHandle current, SafeFileHandle found)
    {
        Span<byte> first = stackalloc byte[ComparedBytes];
        Span<byte> second = stackalloc byte[ComparedBytes];
        return first[..RandomAccess.Read(current, first, 0)].SequenceEqual(second[..RandomAccess.Read(found, second, 0)]);
    }

    private SafeFileHandle? OpenIfThere()
    {
        try
        {
            return Open();
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private SafeFileHandle Open() =>
        File.OpenHandle(settings.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous);

    private readonly record struct FileStamp(long Length, DateTime Created, DateTime Written)
    {
        public static FileStamp Of(SafeFileHandle file) =>
            new(RandomAccess.GetLength(file), File.GetCreationTimeUtc(file), File.GetLastWriteTimeUtc(file));
    }
}
