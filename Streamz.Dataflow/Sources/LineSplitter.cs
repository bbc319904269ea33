using System.Runtime.CompilerServices;
using System.Text;

namespace Streamz.Dataflow;

/// <summary>Cuts text that comes in pieces, as bytes, into lines. It keeps the line that is not complete, and no more.</summary>
/// <param name="encoding">The encoding; a byte order mark at the beginning is skipped.</param>
/// <param name="delimiter">What ends a line, or null for a line feed, with or without a carriage return before it.</param>
/// <param name="maxLength">How many characters a line may have.</param>
internal sealed class LineSplitter(Encoding encoding, string? delimiter, int maxLength)
{
    public const int DefaultMaxLength = 1 << 20;

    private const string LineFeed = "\n";
    private const char ByteOrderMark = '\uFEFF';

    private readonly Decoder _decoder = encoding.GetDecoder();
    private readonly string _delimiter = delimiter ?? LineFeed;
    private char[] _text = [];
    private int _start;
    private int _end;
    private int _searched;
    private bool _begun;

    /// <summary>Refuses arguments that no splitter can work with.</summary>
    public static void CheckArguments(string node, string? delimiter, int maxLineLength, [CallerArgumentExpression(nameof(delimiter))] string? name = null)
    {
        if (delimiter is "")
        {
            throw new ArgumentException($"{node} cannot cut text at an empty delimiter. Leave it out for lines, or say what ends an element.", name);
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(maxLineLength, 1);
    }

    public void Append(ReadOnlySpan<byte> bytes) => Decode(bytes, flush: false);

    /// <summary>Takes the next line that is complete, without its delimiter.</summary>
    /// <exception cref="InvalidDataException">A line is too long.</exception>
    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? line)
    {
        var found = _text.AsSpan(_searched, _end - _searched).IndexOf(_delimiter.AsSpan());
        if (found < 0)
        {
            // A delimiter may have begun at the end of what is there.
            _searched = Math.Max(_start, _end - _delimiter.Length + 1);
            ThrowIfTooLong(_searched - _start);
            line = null;
            return false;
        }

        var at = _searched + found;
        line = Cut(at);
        _start = _searched = at + _delimiter.Length;
        return true;
    }

    /// <summary>Takes what comes after the last delimiter, if anything, and begins anew with other text.</summary>
    /// <exception cref="InvalidDataException">It is too long.</exception>
    public bool TryTakeRest([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? line)
    {
        Decode([], flush: true);
        line = _end > _start ? Cut(_end) : null;
        _start = _searched = _end = 0;
        _begun = false;
        return line is not null;
    }

    private string Cut(int end)
    {
        ThrowIfTooLong(end - _start);
        var isCarriageReturn = delimiter is null && end > _start && _text[end - 1] == '\r';
        return new string(_text, _start, end - _start - (isCarriageReturn ? 1 : 0));
    }

    private void Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        MakeRoom(encoding.GetMaxCharCount(bytes.Length));
        _end += _decoder.GetChars(bytes, _text.AsSpan(_end), flush);
        if (!_begun && _end > _start)
        {
            _begun = true;
            if (_text[_start] == ByteOrderMark)
            {
                _start = _searched = _start + 1;
            }
        }
    }

    private void MakeRoom(int count)
    {
        if (_text.Length - _end >= count)
        {
            return;
        }

        var kept = _end - _start;
        var text = _text.Length - kept >= count ? _text : new char[Math.Max(kept + count, 2 * kept)];
        Array.Copy(_text, _start, text, 0, kept);
        _text = text;
        _searched -= _start;
        _start = 0;
        _end = kept;
    }

    private void ThrowIfTooLong(int length)
    {
        if (length > maxLength)
        {
            throw new InvalidDataException(
                $"A line is longer than {maxLength} characters. Check the delimiter and the encoding, or raise maxLineLength.");
        }
    }
}
