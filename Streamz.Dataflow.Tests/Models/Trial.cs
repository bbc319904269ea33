namespace Streamz.Dataflow.Tests.Models;

/// <summary>An operator with drawn settings beside its model.</summary>
/// <param name="Text">The operator and its settings, for the message of a failure.</param>
/// <param name="Build">Puts the operator behind the sources; delegates that wait do so by the clock.</param>
/// <param name="Model">
/// A pure function from timed inputs to timed outputs. A timer that is due at a second fires before the emits of that second.
/// </param>
internal sealed record Trial<TOut>(
    string Text,
    Func<IReadOnlyList<Stream<int>>, TimeProvider, Stream<TOut>> Build,
    Func<TimedInputs, IEnumerable<Timed<TOut>>> Model)
{
    /// <summary>A trial with several sources.</summary>
    public Trial(string text, Func<IReadOnlyList<Stream<int>>, Stream<TOut>> build, Func<TimedInputs, IEnumerable<Timed<TOut>>> model)
        : this(text, (sources, _) => build(sources), model)
    {
    }

    /// <summary>A trial with one source.</summary>
    public Trial(string text, Func<Stream<int>, Stream<TOut>> build, Func<TimedInputs, IEnumerable<Timed<TOut>>> model)
        : this(text, (sources, _) => build(sources[0]), model)
    {
    }

    /// <summary>Whether the pipeline fails for these inputs; what the model gives then are the outputs before the failure.</summary>
    public Func<TimedInputs, bool> Fails { get; init; } = static _ => false;

    /// <summary>A trial of an operator without a clock: what an element gives, it gives at once; the flush comes at the end.</summary>
    /// <param name="text">The operator and its settings.</param>
    /// <param name="build">Puts the operator behind the source.</param>
    /// <param name="prefix">
    /// The outputs for the values so far, in the order of the emits, and whether the input has ended behind them.
    /// </param>
    public static Trial<TOut> OfPrefixes(string text, Func<Stream<int>, Stream<TOut>> build, Func<IReadOnlyList<int>, bool, IEnumerable<TOut>> prefix) =>
        new(text, build, inputs => Outputs(inputs, prefix));

    private static IEnumerable<Timed<TOut>> Outputs(TimedInputs inputs, Func<IReadOnlyList<int>, bool, IEnumerable<TOut>> prefix)
    {
        var given = 0;
        List<int> values = [];
        foreach (var emit in inputs.Emits)
        {
            values.Add(emit.Value);
            foreach (var output in prefix([.. values], false).Skip(given).ToList())
            {
                given++;
                yield return new Timed<TOut>(emit.At, output);
            }
        }

        foreach (var output in prefix(values, true).Skip(given))
        {
            yield return new Timed<TOut>(inputs.End, output);
        }
    }
}
