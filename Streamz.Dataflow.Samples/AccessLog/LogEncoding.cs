using System.Globalization;
using System.Text;

namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>UTF-8 that never fails: a byte that is none becomes <c>\xhh</c>, as Apache itself would have written it.</summary>
/// <remarks>A replacement character would make one client or path out of many.</remarks>
internal static class LogEncoding
{
    private static readonly Encoding _encoding = Encoding.GetEncoding(
        "utf-8",
        EncoderFallback.ReplacementFallback,
        new EscapingFallback());

    public static string Decode(ReadOnlySpan<byte> bytes) => _encoding.GetString(bytes);

    private sealed class EscapingFallback : DecoderFallback
    {
        private const int LongestSequence = 4;
        private const int EscapeLength = 4;

        public override int MaxCharCount => LongestSequence * EscapeLength;

        public override DecoderFallbackBuffer CreateFallbackBuffer() => new EscapingBuffer();
    }

    private sealed class EscapingBuffer : DecoderFallbackBuffer
    {
        private string _escapes = string.Empty;
        private int _next;

        public override int Remaining => _escapes.Length - _next;

        public override bool Fallback(byte[] bytesUnknown, int index)
        {
            _escapes = string.Concat(bytesUnknown.Select(value => "\\x" + value.ToString("x2", CultureInfo.InvariantCulture)));
            _next = 0;
            return true;
        }

        public override char GetNextChar() => _next < _escapes.Length ? _escapes[_next++] : '\0';

        public override bool MovePrevious()
        {
            if (_next == 0)
            {
                return false;
            }

            _next--;
            return true;
        }

        public override void Reset()
        {
            _escapes = string.Empty;
            _next = 0;
        }
    }
}
