namespace Streamz.Dataflow.Orleans.Values;

/// <summary>Writes and reads the values of one declared type that is known at run time only.</summary>
internal abstract class ValueCodec
{
    public abstract byte[] WriteObject(object? value);

    public abstract object? ReadObject(byte[] bytes);
}

/// <summary>Writes and reads the values of one declared type.</summary>
/// <remarks>The two directions know more than one format: what is written depends on the value, what is read on the first byte.</remarks>
internal abstract class ValueCodec<T> : ValueCodec
{
    public abstract byte[] Write(T value);

    public abstract T Read(byte[] bytes);

    public sealed override byte[] WriteObject(object? value) => Write((T)value!);

    public sealed override object? ReadObject(byte[] bytes) => Read(bytes);
}
