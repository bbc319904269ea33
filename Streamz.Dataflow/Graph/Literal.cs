using Streamz.Dataflow.Graph;
using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow;

/// <summary>
/// A constant in the place of a stream, made by <see cref="StreamSource.Literal"/>. As a side of a join it costs nothing: it has no queue,
/// and always has its value ready. Anywhere else it is an endless source of that value.
/// </summary>
/// <typeparam name="T">The type of the value.</typeparam>
public sealed class Literal<T> : Stream<T>, ILiteral
{
    internal Literal(T value)
        : base(new SourceNode<T>("literal", () => new RepeatStage(value)) { Details = Describe(value) }) => Value = value;

    /// <summary>The value.</summary>
    public T Value { get; }

    private static string Describe(T value) => DelegateText.Of(value?.ToString()) ?? "null";

    private sealed class RepeatStage(T value) : SourceStage<T>
    {
        public override async Task RunAsync(SourceContext<T> context)
        {
            while (true)
            {
                await context.EmitAsync(value).ConfigureAwait(true);
            }
        }
    }
}

/// <summary>A constant in the place of a stream, of any type.</summary>
internal interface ILiteral;
