using System.Buffers;

namespace Streamz.Dataflow.Orleans.Values;

/// <summary>Room to write a value into before its length is known, kept for the thread's next value.</summary>
internal sealed class ValueBuffer : IBufferWriter<byte>
{
    private const int LargestKept = 1 << 20;

    [ThreadStatic]
    private static ValueBuffer? s_kept;

    private readonly ArrayBufferWriter<byte> _writer = new(256);

    /// <summary>Another one for each value that is written while a value is written, as codecs of users may do.</summary>
    public static ValueBuffer Rent()
    {
        var kept = s_kept ?? new ValueBuffer();
        s_kept = null;
        return kept;
    }

    public void Return()
    {
        if (_writer.Capacity <= LargestKept)
        {
            _writer.ResetWrittenCount();
            s_kept = this;
        }
    }

    public void Append(byte value)
    {
        _writer.GetSpan(1)[0] = value;
        _writer.Advance(1);
    }

    public byte[] ToArray() => _writer.WrittenSpan.ToArray();

    public void Advance(int count) => _writer.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => _writer.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => _writer.GetSpan(sizeHint);
}
