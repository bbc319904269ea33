using System.Text.Json.Serialization;

namespace Streamz.Dataflow.Dashboard.Serving;

/// <summary>What the endpoint writes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<PipelineStatus>))]
[JsonSerializable(typeof(PipelineStatus))]
[JsonSerializable(typeof(IReadOnlyList<ClusterSnapshot>))]
internal sealed partial class DashboardJson : JsonSerializerContext;
