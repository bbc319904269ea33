using System.Buffers;

namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>Cuts the bytes of one file after another into blocks of whole lines.</summary>
/// <param name="blockSize">How many bytes are read at once, unless a line is longer.</param>
/// <param name="longestLine">A longer line is kept only so far.</param>
internal sealed class LineBlockBuilder(int blockSize, int longestLine)
{
    private static readonly byte[] _byteOrderMark = [0xEF, 0xBB, 0xBF];

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(blockSize);
    private int _start;
    private int _filled;
    private bool _atFileStart = true;
    private bool _skipsToNextLine;

    /// <summary>The lines in the blocks so far.</summary>
    public long Lines { get; private set; }

    /// <summary>Where the next bytes of the file go; never empty.</summary>
    public Memory<byte> Free => _buffer.AsMemory(_filled);

    private int Pending => _filled - _start;

    /// <summary>Takes what was read into <see cref="Free"/>.</summary>
    /// <returns>The lines that are complete now, if any.</returns>
    public LineBlock? Add(int read)
    {
        var fresh = _filled;
        _filled += read;
        if (_skipsToNextLine)
        {
            fresh += _buffer.AsSpan(fresh, read).IndexOf((byte)'\n') + 1;
            _skipsToNextLine = fresh == 0;
            if (_skipsToNextLine)
            {
                _filled = 0;
                return null;
            }

            _start = fresh;
        }

        if (_atFileStart && _filled >= _byteOrderMark.Length)
        {
            _atFileStart = false;
            _start = _buffer.AsSpan(0, _filled).StartsWith(_byteOrderMark) ? _byteOrderMark.Length : 0;
        }

        var end = _buffer.AsSpan(fresh, _filled - fresh).LastIndexOf((byte)'\n') + fresh + 1;
        if (end > fresh)
        {
            return Take(end, isCutOff: false);
        }

        if (Pending > longestLine)
        {
            _skipsToNextLine = true;
            return Take(_filled, isCutOff: true);
        }

        if (_filled == _buffer.Length)
        {
            Grow();
        }

        return null;
    }

    /// <summary>Ends the file; the next one begins on a line of its own.</summary>
    /// <returns>The last line, if it lacks its line feed.</returns>
    public LineBlock? EndFile()
    {
        _atFileStart = true;
        _skipsToNextLine = false;
        if (Pending > 0)
        {
            return Take(_filled, isCutOff: false);
        }

        _start = 0;
        _filled = 0;
        return null;
    }

    private LineBlock Take(int end, bool isCutOff)
    {
        var lines = _buffer.AsSpan(_start, end - _start);
        var rest = _buffer.AsSpan(end, _filled - end);
        var next = ArrayPool<byte>.Shared.Rent(Math.Max(blockSize, rest.Length * 2));
        rest.CopyTo(next);

        var block = new LineBlock(_buffer, _start, lines.Length, Lines + 1, isCutOff);
        Lines += lines.Count((byte)'\n') + (lines[^1] == '\n' ? 0 : 1);
        (_buffer, _start, _filled) = (next, 0, rest.Length);
        return block;
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
