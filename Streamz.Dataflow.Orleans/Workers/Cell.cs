using System.Runtime.CompilerServices;
using Streamz.Dataflow.Orleans.Values;

namespace Streamz.Dataflow.Orleans.Workers;

/// <summary>A value as a process has it: as itself, or as the bytes that it came in.</summary>
internal abstract class Cell
{
    /// <summary>About how many bytes the value takes: of arrays and strings what they hold, of other objects a guess.</summary>
    public abstract long Size { get; }

    /// <summary>The value as bytes, in the format of its declared type.</summary>
    /// <exception cref="NotSupportedException">The value cannot be serialised.</exception>
    public abstract byte[] ToBytes(ValueSerializer serializer);

    /// <summary>The value. Bytes are read once, and the cell that has them is replaced.</summary>
    public static T Read<T>(ref Cell cell, ValueSerializer serializer)
    {
        // Another reader may replace it meanwhile.
        var seen = cell;
        if (seen is Cell<T> typed)
        {
            return typed.Value;
        }

        var read = new Cell<T>(serializer.Deserialize<T>(((BytesCell)seen).Bytes));
        cell = read;
        return read.Value;
    }
}

/// <summary>A value as itself.</summary>
/// <param name="value">The value.</param>
internal sealed class Cell<T>(T value) : Cell
{
    private const long SmallObject = 64;

    public T Value { get; } = value;

    public override long Size => Value switch
    {
        null => 0,
        string text => 2L * text.Length,
        Array array => (long)array.Length * ElementSize(array.GetType().GetElementType()!),
        _ => RuntimeHelpers.IsReferenceOrContainsReferences<T>() ? SmallObject : Unsafe.SizeOf<T>(),
    };

    public override byte[] ToBytes(ValueSerializer serializer) => serializer.Serialize(Value);

    private static int ElementSize(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean or TypeCode.Byte or TypeCode.SByte => 1,
        TypeCode.Char or TypeCode.Int16 or TypeCode.UInt16 => 2,
        TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Single => 4,
        TypeCode.Int64 or TypeCode.UInt64 or TypeCode.Double or TypeCode.DateTime => 8,
        TypeCode.Decimal => 16,
        _ => (int)SmallObject,
    };
}

/// <summary>A value as bytes that nobody has read yet.</summary>
/// <param name="bytes">The bytes.</param>
internal sealed class BytesCell(byte[] bytes) : Cell
{
    public byte[] Bytes { get; } = bytes;

    public override long Size => Bytes.Length;

    public override byte[] ToBytes(ValueSerializer serializer) => Bytes;
}
