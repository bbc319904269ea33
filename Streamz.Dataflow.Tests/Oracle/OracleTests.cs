using Streamz.Dataflow.Tests.Parity;

namespace Streamz.Dataflow.Tests.Oracle;

/// <summary>
/// The same inputs go through python-streamz and through us, and the same comes out but for documented decisions. Where python-streamz
/// is not installed the tests are ignored, and say so.
/// </summary>
[TestFixture, CancelAfter(120_000)]
internal sealed class OracleTests
{
    private const int Seeds = 25;

    private PythonStreamz? _oracle;

    private static IEnumerable<OracleCase> Cases => OracleCases.All;

    private static IEnumerable<OracleCase> Differences => Cases.Where(each => each.Difference is not null);

    [OneTimeSetUp]
    public void StartOracle()
    {
        (_oracle, var reason) = PythonStreamz.Start();
        if (_oracle is null)
        {
            Assert.Ignore(reason);
        }

        TestContext.Out.WriteLine(reason);
    }

    [OneTimeTearDown]
    public void EndOracle() => _oracle?.Dispose();

    [TestCaseSource(nameof(Cases))]
    public async Task Operator_RandomInputs_GivesWhatStreamzGives(OracleCase operation)
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var ours = await operation.RunAsync(seed).Soon();
            var theirs = await _oracle!.RunAsync(operation.Name, ours.Inputs);

            Assert.That(ours.Outputs, Is.EqualTo(operation.Expected(ours, theirs)), $"Seed {seed}, inputs {string.Join(" ", ours.Inputs)}.");
        }
    }

    /// <summary>A decision that makes no difference any more is struck off the list.</summary>
    [TestCaseSource(nameof(Differences))]
    public async Task Difference_Documented_IsSeen(OracleCase operation)
    {
        var differ = 0;
        for (var seed = 0; seed < Seeds; seed++)
        {
            var ours = await operation.RunAsync(seed).Soon();
            differ += ours.Outputs.SequenceEqual(await _oracle!.RunAsync(operation.Name, ours.Inputs)) ? 0 : 1;
        }

        Assert.That(differ, Is.Positive, operation.Difference);
    }
}
