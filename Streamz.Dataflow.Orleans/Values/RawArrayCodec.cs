using System.Runtime.InteropServices;

namespace Streamz.Dataflow.Orleans.Values;

/// <summary>Arrays of primitives, declared as an array, a list or an interface of these, as the bytes of their elements.</summary>
/// <remarks>
/// A codec writes up to nine bytes for a number, one after the other. What was declared as a list comes back as one, and what was declared
/// as an interface as an array. Other collections behind an interface, and types derived from lists, are left to their codecs.
/// </remarks>
/// <param name="general">For values that are neither an array nor a list.</param>
internal sealed class RawArrayCodec<TDeclared, T>(ValueCodec<TDeclared> general) : ValueCodec<TDeclared>
    where T : unmanaged
{
    public override byte[] Write(TDeclared value)
    {
        if (value is T[] array)
        {
            return RawElements<T>.Write(array);
        }

        return value is List<T> list && list.GetType() == typeof(List<T>)
            ? RawElements<T>.Write(CollectionsMarshal.AsSpan(list))
            : general.Write(value);
    }

    public override TDeclared Read(byte[] bytes)
    {
        if (bytes.Length == 0 || bytes[0] != (byte)ValueFormat.Raw)
        {
            return general.Read(bytes);
        }

        var elements = RawElements<T>.Of(typeof(TDeclared), bytes);
        if (typeof(TDeclared) != typeof(List<T>))
        {
            return (TDeclared)(object)elements.ToArray();
        }

        var list = new List<T>();
        CollectionsMarshal.SetCount(list, elements.Length);
        elements.CopyTo(CollectionsMarshal.AsSpan(list));
        return (TDeclared)(object)list;
    }
}
