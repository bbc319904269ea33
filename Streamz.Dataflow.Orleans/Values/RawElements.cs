using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Streamz.Dataflow.Orleans.Values;

/// <summary>Elements whose bytes can be copied as they are.</summary>
internal static class RawElements<T>
    where T : unmanaged
{
    public static byte[] Write(ReadOnlySpan<T> values)
    {
        var content = MemoryMarshal.AsBytes(values);
        var bytes = GC.AllocateUninitializedArray<byte>(checked(1 + content.Length));
        bytes[0] = (byte)ValueFormat.Raw;
        content.CopyTo(bytes.AsSpan(1));
        return bytes;
    }

    /// <returns>The elements, where they are in the bytes.</returns>
    /// <exception cref="NotSupportedException">The bytes are none of such elements.</exception>
    public static ReadOnlySpan<T> Of(Type declared, byte[] bytes)
    {
        if (bytes.Length == 0 || bytes[0] != (byte)ValueFormat.Raw || (bytes.Length - 1) % Unsafe.SizeOf<T>() != 0)
        {
            throw NotOne(declared);
        }

        var content = bytes.AsSpan(1);

        // Any other byte makes a bool that is neither true nor false.
        if (typeof(T) == typeof(bool) && content.IndexOfAnyExceptInRange((byte)0, (byte)1) >= 0)
        {
            throw NotOne(declared);
        }

        return MemoryMarshal.Cast<byte, T>(content);
    }

    public static NotSupportedException NotOne(Type declared) =>
        new(ValueTexts.CannotBeRead(declared, new InvalidDataException("Its bytes are of something else.")));
}
