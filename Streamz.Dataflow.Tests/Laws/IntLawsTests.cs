using Streamz.Dataflow.Testing;

namespace Streamz.Dataflow.Tests.Laws;

/// <summary>The laws for one way to build an operator over whole numbers; a class has several when the operator has overloads.</summary>
public abstract class IntLawsTests<TOut> : OperatorLawsTests<int, TOut>
{
    protected override IReadOnlyList<int> Inputs => [1, 2, 0, 3, 4, 5, 6];

    protected static Exception Unknown(string variant) => new ArgumentOutOfRangeException(nameof(variant), variant, "The class has no such variant.");

    protected static LawDelegate DelegateOf(string variant) =>
        variant.StartsWith("sync", StringComparison.Ordinal) ? LawDelegate.Synchronous : LawDelegate.Asynchronous;
}
