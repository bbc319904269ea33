using System.Runtime.CompilerServices;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace Streamz.Dataflow.Tests;

/// <summary>How pipelines of tests run that do not say so themselves. Results must be the same in all modes.</summary>
internal static class TestMode
{
    private static readonly string? s_name = Environment.GetEnvironmentVariable("STREAMZ_TEST_MODE") is { Length: > 0 } name ? name : null;

    public static bool IsDefault => s_name is null;

    /// <summary>Leaves out, in other modes, a test of what two ways lead to: each way may have blocks of its own then, and which comes first is not said.</summary>
    public static void LeaveOutTwoWays(bool areTwo)
    {
        if (!IsDefault && areTwo)
        {
            Assert.Ignore("Two ways lead to it, and each has blocks of its own: which comes first is not said.");
        }
    }

    [ModuleInitializer]
    internal static void Apply()
    {
        switch (s_name)
        {
            case null:
                break;
            case "unfused":
                StreamOptions.FusesByDefault = false;
                break;
            case "capacity-1":
                StreamOptions.CapacityByDefault = 1;
                break;
            default:
                throw new InvalidOperationException($"STREAMZ_TEST_MODE is '{s_name}'; it may be unfused or capacity-1.");
        }
    }
}

/// <summary>Marks tests of how a pipeline runs by default: which nodes share a block, how many elements it takes, which thread runs what.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class DefaultModeAttribute : NUnitAttribute, IApplyToTest
{
    public void ApplyToTest(Test test)
    {
        if (!TestMode.IsDefault && test.RunState == RunState.Runnable)
        {
            test.RunState = RunState.Ignored;
            test.Properties.Set(PropertyNames.SkipReason, "It is about how pipelines run by default.");
        }
    }
}
