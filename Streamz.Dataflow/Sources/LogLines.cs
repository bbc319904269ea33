using System.Text;

namespace Streamz.Dataflow;

/// <summary>Cuts the bytes of a file into lines, and knows where in the file each begins and ends. It keeps the line that is not complete, and no more.</summary>
/// <remarks>
/// Not <see cref="LineSplitter"/>: that one cuts characters, in any encoding, and cannot say which bytes they came from, least of all where they are not
/// valid text. In UTF-8 a line feed is one byte that is part of nothing else.
/// </remarks>
internal sealed class LogLines(int maxLength)
{
    private const int BlockSize = 1 << 16;

    private byte[] _bytes = new byte[BlockSize];
    private int _start;
    private int _searched;
    private int _end;
    private long _offset;

    /// <summary>The position in the file behind all that was appended.</summary>
    public long End => _offset + (_end - _start);

    /// <summary>Begins at a position.</summary>
    public void Begin(long offset)
    {
        _offset = offset;
        _start = _searched = _end = 0;
    }

    /// <summary>Room for bytes to be read into; how many were is told to <see cref="Append"/>.</summary>
    public Memory<byte> MakeRoom()
    {
        if (_start > 0)
        {
            _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
            _searched -= _start;
            _end -= _start;
            _start = 0;
        }

        if (_end == _bytes.Length)
        {
            Array.Resize(ref _bytes, _bytes.Length * 2);
        }

        return _bytes.AsMemory(_end);
    }

    public void Append(int count) => _end += count;

    /// <summary>Takes the next line that is complete.</summary>
    /// <exception cref="InvalidDataException">A line is too long.</exception>
    public bool TryTake(out LogRecord record)
    {
        var found = _bytes.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
        if (found < 0)
        {
            _searched = _end;
            ThrowIfTooLong(_end - _start);
            record = default;
            return false;
        }

        var line = _bytes.AsSpan(_start, _searched + found - _start);
        ThrowIfTooLong(line.Length);
        var next = _offset + line.Length + 1;
        var text = _offset == 0 && line.StartsWith(Encoding.UTF8.Preamble) ? line[Encoding.UTF8.Preamble.Length..] : line;
        record = new LogRecord(_offset, next, Encoding.UTF8.GetString(text is [.. var rest, (byte)'\r'] ? rest : text));
        _offset = next;
        _start = _searched = _searched + found + 1;
        return true;
    }

    private void ThrowIfTooLong(int length)
    {
        if (length > maxLength)
        {
            throw new InvalidDataException(
                $"The line that begins at byte {_offset} is longer than {maxLength} bytes. Check whether the file is text, or raise maxLineLength.");
        }
    }
}
