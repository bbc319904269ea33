namespace Streamz.Dataflow.Orleans.Values;

/// <summary>The first byte of a serialised value: how the rest is to be read. Part of what goes over the wire; numbers are never used again.</summary>
internal enum ValueFormat : byte
{
    /// <summary>Nothing follows.</summary>
    Null = 0,

    /// <summary>What the codec of Orleans for the declared type wrote.</summary>
    Codec = 1,

    /// <summary>UTF-8 of System.Text.Json.</summary>
    Json = 2,

    /// <summary>The bytes of a primitive, or those of an array of them one after the other; little-endian.</summary>
    Raw = 3,
}
