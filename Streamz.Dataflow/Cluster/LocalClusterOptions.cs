using System.Text.Json;

namespace Streamz.Dataflow;

/// <summary>The settings of a <see cref="LocalCluster"/>.</summary>
public sealed record LocalClusterOptions
{
    /// <summary>Whether values are handed over by reference instead of being copied by serialisation.</summary>
    /// <value>The default is <see langword="false"/>: as a real cluster does it.</value>
    public bool ShareReferences { get; init; }

    /// <summary>How values are serialised.</summary>
    /// <value>The default writes properties and fields as JSON.</value>
    public JsonSerializerOptions Serializer { get; init; } = s_default;

    private static readonly JsonSerializerOptions s_default = new() { IncludeFields = true };
}
