using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Streamz.Dataflow;

/// <summary>Takes the state of one operator, as values by name.</summary>
public sealed class SnapshotWriter
{
    private readonly ISnapshotSerializer _serializer;
    private readonly ArrayBufferWriter<byte> _bytes;
    private readonly HashSet<string> _names = [];

    internal SnapshotWriter(ISnapshotSerializer serializer)
        : this(serializer, new ArrayBufferWriter<byte>())
    {
    }

    private SnapshotWriter(ISnapshotSerializer serializer, ArrayBufferWriter<byte> bytes) => (_serializer, _bytes) = (serializer, bytes);

    /// <summary>Writes a value.</summary>
    /// <typeparam name="T">The declared type, by which it is read again.</typeparam>
    /// <param name="name">The name of the value, used once; not empty.</param>
    /// <param name="value">The value; may be null.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or empty, or was used before.</exception>
    /// <exception cref="NotSupportedException">The value could not be read back as it is.</exception>
    public void Write<T>(string name, T value) => Write(name, () => _serializer.Serialize(_bytes, value));

    /// <summary>Writes a state that is part of this one.</summary>
    internal void Write(string name, Action<SnapshotWriter> write) => Write(name, () => write(new SnapshotWriter(_serializer, _bytes)));

    internal byte[] ToBytes() => _bytes.WrittenSpan.ToArray();

    // An entry is the length of the name in UTF-8, the name, the length of the value, and the value.
    private void Write(string name, Action write)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!_names.Add(name))
        {
            throw new ArgumentException($"The state has a value named '{name}' already. Give each a name of its own.", nameof(name));
        }

        var length = Encoding.UTF8.GetByteCount(name);
        WriteLength(length);
        Encoding.UTF8.GetBytes(name, _bytes);

        var at = _bytes.WrittenCount;
        WriteLength(0);
        var start = _bytes.WrittenCount;
        write();
        SetLength(at, _bytes.WrittenCount - start);
    }

    private void WriteLength(int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.GetSpan(sizeof(int)), length);
        _bytes.Advance(sizeof(int));
    }

    private void SetLength(int at, int length)
    {
        var written = System.Runtime.InteropServices.MemoryMarshal.AsMemory(_bytes.WrittenMemory);
        BinaryPrimitives.WriteInt32LittleEndian(written.Span[at..], length);
    }
}
