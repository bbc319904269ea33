namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>Where in its line a field stands.</summary>
internal readonly record struct LogSlice(int Start, int Length)
{
    public ReadOnlySpan<char> Of(ReadOnlySpan<char> line) => line.Slice(Start, Length);
}
