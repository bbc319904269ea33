using FsCheck;
using FsCheck.Fluent;
using Streamz.Dataflow.Tests.Properties;

namespace Streamz.Dataflow.Tests.Models;

/// <summary>
/// Compares an operator with its model on 1,000 random timed inputs and settings, in virtual time. Derive one class for an operator;
/// the sources carry whole numbers. How to run a failure again: <see cref="PropertyRuns"/>.
/// </summary>
[TestFixture]
[Category("Models")]
internal abstract class OperatorModel<TOut>
{
    private const int MaxEmits = 12;

    private bool _hung;

    /// <summary>How many sources the operator has.</summary>
    protected virtual int Sides => 1;

    /// <summary>Whether the operator acts by the clock, so that it has to be moved second by second.</summary>
    protected virtual bool UsesTime => false;

    /// <summary>Whether outputs of one second come in the order of the model.</summary>
    protected virtual bool KeepsOrder => true;

    /// <summary>The longest pause between two emits, in seconds.</summary>
    protected virtual int MaxGap => 4;

    /// <summary>The values that are emitted, from zero: few, so that they repeat.</summary>
    protected virtual int Values => 10;

    [Test]
    public void Model_RandomTimedInputs_AgreesWithTheEngine() =>
        Check.One(PropertyRuns.Config(cases: 1_000), Prop.ForAll(Arb.From(Cases(), Smaller), CheckAsync));

    /// <summary>Draws the settings of the operator, and says how it is built and what it gives.</summary>
    /// <param name="random">Gives the same numbers for the same case.</param>
    protected abstract Trial<TOut> Draw(Random random);

    private Gen<ModelCase> Cases()
    {
        var emit =
            from gap in Gen.Choose(0, MaxGap)
            from side in Gen.Choose(0, Sides - 1)
            from value in Gen.Choose(0, Values - 1)
            select new Emit(gap, side, value);
        return
            from seed in Gen.Choose(0, int.MaxValue)
            from count in Gen.Choose(0, MaxEmits)
            from emits in emit.ArrayOf(count)
            from last in Gen.Choose(0, MaxGap)
            select new ModelCase(seed, emits, last);
    }

    private static IEnumerable<ModelCase> Smaller(ModelCase one)
    {
        for (var i = 0; i < one.Gaps.Count; i++)
        {
            yield return one with { Gaps = [.. one.Gaps.Take(i), .. one.Gaps.Skip(i + 1)] };
        }

        for (var i = 0; i < one.Gaps.Count; i++)
        {
            if (one.Gaps[i].At > 0)
            {
                yield return one with { Gaps = [.. one.Gaps.Take(i), one.Gaps[i] with { At = 0 }, .. one.Gaps.Skip(i + 1)] };
            }
        }
    }

    private async Task CheckAsync(ModelCase one)
    {
        if (_hung)
        {
            // Each smaller case might hang as long again.
            return;
        }

        var inputs = one.ToInputs();
        var trial = Draw(new Random(one.Seed));
        var expected = trial.Model(inputs).ToList();
        IReadOnlyList<Timed<TOut>> outputs;
        Exception? failure;
        try
        {
            (outputs, failure) = await TrialRun.RunAsync(trial.Build, Sides, inputs, UsesTime).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            _hung = true;
            throw new InvalidOperationException($"{trial.Text} on {inputs}", exception);
        }

        var (wanted, seen) = (Text(expected), Text(outputs));
        if (wanted != seen || failure is not null != trial.Fails(inputs))
        {
            // An assertion of NUnit would count each attempt to shrink.
            throw new InvalidOperationException($"{trial.Text} on {inputs}:\nexpected {wanted}\n   given {seen}\nfailure: {failure?.ToString() ?? "none"}");
        }
    }

    private string Text(IEnumerable<Timed<TOut>> outputs)
    {
        var texts = outputs.Select(output => output.ToString());
        return string.Join(' ', KeepsOrder ? texts : texts.Order(StringComparer.Ordinal));
    }

    /// <summary>What FsCheck makes up and shrinks; the times of the emits are those since the one before.</summary>
    private sealed record ModelCase(int Seed, IReadOnlyList<Emit> Gaps, int Last)
    {
        public TimedInputs ToInputs()
        {
            var now = 0;
            List<Emit> emits = [];
            foreach (var gap in Gaps)
            {
                now += gap.At;
                emits.Add(gap with { At = now });
            }

            return new TimedInputs(emits, now + Last);
        }

        public override string ToString() => $"seed {Seed}: {ToInputs()}";
    }
}
