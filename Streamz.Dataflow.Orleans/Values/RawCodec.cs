using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Streamz.Dataflow.Orleans.Values;

/// <summary>A primitive as its own bytes.</summary>
internal sealed class RawCodec<T> : ValueCodec<T>
    where T : unmanaged
{
    public override byte[] Write(T value)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(1 + Unsafe.SizeOf<T>());
        bytes[0] = (byte)ValueFormat.Raw;
        MemoryMarshal.Write(bytes.AsSpan(1), in value);
        return bytes;
    }

    public override T Read(byte[] bytes)
    {
        if (bytes.Length != 1 + Unsafe.SizeOf<T>())
        {
            throw RawElements<T>.NotOne(typeof(T));
        }

        return RawElements<T>.Of(typeof(T), bytes)[0];
    }
}
